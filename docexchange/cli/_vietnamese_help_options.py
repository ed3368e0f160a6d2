"""What ``--help`` says of each option, in Vietnamese, by what it says in English.

>>> OPTIONS["Answer in JSON."]
'Trả lời bằng JSON.'

Those of ``directory``, ``extract`` and ``verify`` stand in a module of their own.
"""

from __future__ import annotations

from typing import Final

__all__ = ["OPTIONS", "WORDS"]

WORDS: Final = {
    r"Usage: ": "Cách dùng: ",
    r"Options": "Tùy chọn",
    r"Commands": "Lệnh",
    r"required": "bắt buộc",
    r"env var: (.+)": r"biến môi trường: \1",
    r"default: \(that of the system, or en\)": "mặc định: của hệ thống, hoặc en",
    r"default: \(the current folder\)": "mặc định: thư mục hiện tại",
    r"default: \(trust/ in your configuration folder\)": (
        "mặc định: trust/ trong thư mục cấu hình của bạn"
    ),
    r"default: (.+)": r"mặc định: \1",
}
"""Headings, and what stands in brackets behind an option."""

OPTIONS: Final = {
    # of all commands
    "Show this message and exit.": "Hiện hướng dẫn này và kết thúc.",
    "Show the version and exit.": "Hiện phiên bản và kết thúc.",
    "Show the traceback of an internal error.": "Hiện chi tiết của lỗi bên trong chương trình.",
    "Language of what is printed.": "Ngôn ngữ của những gì được in ra.",
    "Answer in JSON.": "Trả lời bằng JSON.",
    "Folder of the node, with its node.toml.": "Thư mục của nút, có tệp node.toml.",
    "Folder of a node, with its node.toml; may be given again.": (
        "Thư mục của một nút, có tệp node.toml; có thể nêu nhiều lần."
    ),
    "Replace files that are there already.": "Ghi đè lên tệp đã có.",
    "File with the key's password or the token's PIN; asked for when left out and needed.": (
        "Tệp chứa mật khẩu của khóa hoặc PIN của token; không nêu mà cần thì được hỏi."
    ),
    # audit
    "Only about this message.": "Chỉ về thông điệp này.",
    "Only entries with this name, or that begin with it.": (
        "Chỉ những mục mang tên này, hoặc có tên bắt đầu như vậy."
    ),
    "Only by this agency or person.": "Chỉ của cơ quan hoặc người này.",
    "Only from this moment on (ISO 8601).": "Chỉ từ thời điểm này trở đi (ISO 8601).",
    "Head of the audit log as noted earlier, elsewhere.": (
        "Mã băm cuối của nhật ký, đã ghi lại trước đây ở nơi khác."
    ),
    # carry
    "Code of the neighbour; pull: is its endpoint.": (
        "Mã của nút lân cận có endpoint là pull: trong danh bạ."
    ),
    # prepare, complete, sign
    "What `prepare` wrote.": "Tệp do `prepare` ghi.",
    "File with the signature value, binary.": "Tệp chứa giá trị chữ ký, dạng nhị phân.",
    "Timestamp authority; the next one named is asked when it does not answer.": (
        "Tổ chức cấp dấu thời gian; nơi này không trả lời thì hỏi nơi được nêu tiếp theo."
    ),
    "File to write; - is standard output.  [default: FILE with .signed.edxml instead of .edxml]": (
        "Tệp để ghi; - là đầu ra chuẩn.  [mặc định: FILE với đuôi .signed.edxml thay cho .edxml]"
    ),
    "File to write; - is standard output.  [default: FILE with .signed.edxml instead of .edxml; "
    "with several files, a folder is needed]": (
        "Tệp để ghi; - là đầu ra chuẩn.  [mặc định: FILE với đuôi .signed.edxml thay cho .edxml; "
        "nhiều tệp thì cần một thư mục]"
    ),
    "File to write; - is standard output.  [default: FILE with .prepared.json instead of .edxml]": (
        "Tệp để ghi; - là đầu ra chuẩn.  [mặc định: FILE với đuôi .prepared.json thay cho .edxml]"
    ),
    "Certificate of the signer in PEM, with its chain.": (
        "Chứng thư của người ký ở dạng PEM, kèm chuỗi chứng thư."
    ),
    "Role to sign in: the person who signs, or the agency's seal.": (
        "Vai trò khi ký: leader là người ký, agency là con dấu của cơ quan."
    ),
    "RSA keys sign with RSA-PSS instead of PKCS#1 v1.5.": (
        "Khóa RSA ký theo RSA-PSS thay cho PKCS#1 v1.5."
    ),
    "Signature policy to sign under, and its text.": (
        "Chính sách ký được áp dụng khi ký, và văn bản của chính sách."
    ),
    "File to write the very bytes to that are to be signed, for tools that want them.": (
        "Tệp để ghi đúng những byte phải ký, cho công cụ cần đến."
    ),
    "PKCS#12 file, private key in PEM, or pkcs11: URI of a token.": (
        "Tệp PKCS#12, khóa bí mật ở dạng PEM, hoặc URI pkcs11: của token."
    ),
    "Certificate in PEM, with its chain, where the key file has none.": (
        "Chứng thư ở dạng PEM, kèm chuỗi, khi tệp khóa không có."
    ),
    "Sign signature NUMBER of the letter instead of the letter itself.": (
        "Ký chữ ký số NUMBER của văn bản thay vì chính văn bản."
    ),
    "Sign even if this certificate has signed already.": (
        "Vẫn ký dù chứng thư này đã ký văn bản rồi."
    ),
    # compose
    "File to attach; may be repeated.": "Tệp đính kèm; có thể nêu nhiều lần.",
    "Send every attachment in a ZIP archive.": "Gửi mỗi tệp đính kèm trong một tệp nén ZIP.",
    "File to write; - is standard output.  [default: LETTER with .edxml instead of .toml]": (
        "Tệp để ghi; - là đầu ra chuẩn.  [mặc định: LETTER với đuôi .edxml thay cho .toml]"
    ),
    "Print a letter file that composes as it stands, and stop.": (
        "In một tệp mẫu lập được ngay thành văn bản, rồi dừng."
    ),
    # conformance
    "TOML file that says what the options below say.": (
        "Tệp TOML nói những điều mà các tùy chọn dưới đây nói."
    ),
    "Our code: the endpoint knows our certificate for this agency.": (
        "Mã của bên thử: endpoint biết chứng thư của bên thử cho cơ quan này."
    ),
    "Code of the agency whose endpoint it is.": "Mã của cơ quan có endpoint đó.",
    "Our key: signs the letters, and is shown in TLS (pkcs12:FILE).": (
        "Khóa của bên thử: ký văn bản, và được trình trong TLS (pkcs12:FILE)."
    ),
    "File with the password of all keys.": "Tệp chứa mật khẩu của mọi khóa.",
    "Roots and revocation lists; judge receipts and TLS.": (
        "Chứng thư gốc và danh sách thu hồi; để xét biên nhận và TLS."
    ),
    "Directory of agencies: ties receipts to the recipient.": (
        "Danh bạ cơ quan: gắn biên nhận với nơi nhận."
    ),
    "Key with a certificate that has expired (pkcs12:FILE).": (
        "Khóa có chứng thư đã hết hạn (pkcs12:FILE)."
    ),
    "Key with a certificate that was revoked.": "Khóa có chứng thư đã bị thu hồi.",
    "Key of another agency that the endpoint knows.": (
        "Khóa của một cơ quan khác mà endpoint biết."
    ),
    "Take one letter out of our mailbox for good.": (
        "Lấy hẳn một văn bản ra khỏi hộp thư của bên thử."
    ),
    "For one answer.  [default: 20]": "Cho một lần trả lời.  [mặc định: 20]",
    "Seconds in which a caller who has gone silent has to be cut off.  [default: 60]": (
        "Số giây mà nơi gọi im lặng phải bị ngắt trong đó.  [mặc định: 60]"
    ),
    "Only these cases: ids, groups, patterns (tus.c*).": (
        "Chỉ những trường hợp này: mã, nhóm, mẫu (tus.c*)."
    ),
    "All but these cases.": "Mọi trường hợp trừ những trường hợp này.",
    "List the cases, and try nothing.": "Liệt kê các trường hợp, không thử gì.",
    "Write the results as JUnit XML to this file.": "Ghi kết quả dạng JUnit XML vào tệp này.",
    "Write the results as an HTML page to this file.": "Ghi kết quả thành trang HTML vào tệp này.",
    # delivery
    "Only the delivery to this agency.": "Chỉ lượt gửi đến cơ quan này.",
    "Why; it is written into the timeline.": "Vì sao; được ghi vào diễn biến của văn bản.",
    "Only deliveries in this state; may be given again.  [default: all but acknowledged]": (
        "Chỉ những lượt gửi ở trạng thái này; có thể nêu nhiều lần.  "
        "[mặc định: mọi trạng thái trừ acknowledged]"
    ),
    "Only what this agency is the next hop for.": "Chỉ những gì có cơ quan này là chặng kế tiếp.",
    "Only what was accepted at least so many hours ago.": (
        "Chỉ những gì đã nhận gửi từ ít nhất ngần ấy giờ trước."
    ),
    "One line for each next hop.": "Mỗi chặng kế tiếp một dòng.",
    # demo, pki, testserver
    "Folder for everything, new or empty; a fresh temporary one when left out. It is kept.": (
        "Thư mục cho tất cả, mới hoặc trống; không nêu thì lập thư mục tạm. Thư mục được giữ lại."
    ),
    "Kind of the throw-away keys.": "Loại của các khóa dùng để thử.",
    "Kind of the throw-away keys; rsa2048 is what practice uses.": (
        "Loại của các khóa dùng để thử; rsa2048 là loại dùng trong thực tế."
    ),
    "Kind of all keys: p256 is made at once, rsa2048 is what practice uses.": (
        "Loại của mọi khóa: p256 tạo được ngay, rsa2048 là loại dùng trong thực tế."
    ),
    "File with the password of the .p12 files.  [default: the password demo]": (
        "Tệp chứa mật khẩu của các tệp .p12.  [mặc định: mật khẩu demo]"
    ),
    "Folder for keys and stores, new or empty, which is kept; a temporary one when left out.": (
        "Thư mục cho khóa và kho, mới hoặc trống, được giữ lại; không nêu thì dùng thư mục tạm."
    ),
    "Port of the control API; any that is free when left out.": (
        "Cổng của API điều khiển; không nêu thì dùng cổng nào còn trống."
    ),
    "The agency that your system is: folder or code.  [default: commune-2]": (
        "Cơ quan mà hệ thống của bạn đóng vai: thư mục hoặc mã.  [mặc định: commune-2]"
    ),
    "Where your system takes letters (https://127.0.0.1:9000/); it fetches when left out.": (
        "Nơi hệ thống của bạn nhận văn bản (https://127.0.0.1:9000/); không nêu thì tự đến lấy."
    ),
    "Where the control API listens.": "Nơi API điều khiển chờ kết nối.",
    "Let --host be an address that others reach: they can then do everything here.": (
        "Cho phép --host là địa chỉ mà máy khác đến được: khi đó họ làm được mọi thứ ở đây."
    ),
    # node
    "Leave the peers alone.": "Không liên lạc với các nút lân cận.",
    "Code of the agency that the node serves.": "Mã của cơ quan mà nút phục vụ.",
    "Directory of agencies, TOML or CSV.": "Danh bạ cơ quan, TOML hoặc CSV.",
    "Signing key: a file, or pkcs12:, file:, pkcs11: URI.": (
        "Khóa ký: một tệp, hoặc URI pkcs12:, file:, pkcs11:."
    ),
    "File with its password.": "Tệp chứa mật khẩu của khóa.",
    "Root certificates and revocation lists: a file or folder; may be given again.": (
        "Chứng thư gốc và danh sách thu hồi: tệp hoặc thư mục; có thể nêu nhiều lần."
    ),
    "The node's own end of the transport.": "Đầu đường truyền của chính nút.",
    "One pass, then end.": "Một lượt, rồi kết thúc.",
    "End when there is nothing left to do now; letters may still wait for their time.": (
        "Kết thúc khi lúc này không còn gì để làm; vẫn có thể còn văn bản chờ đến giờ."
    ),
    # overdue, register, report
    "File with days off, one date a line; + before a weekend day that is worked.": (
        "Tệp các ngày nghỉ, mỗi dòng một ngày; + trước ngày cuối tuần phải làm việc."
    ),
    "As of this moment instead of now: 2026-03-02T09:00.": (
        "Tính đến thời điểm này thay cho bây giờ: 2026-03-02T09:00."
    ),
    "Series of numbers: general, legal, or a name of your own.": (
        "Loạt số: general, legal, hoặc tên tự đặt."
    ),
    "Notation of the document.": "Ký hiệu của văn bản.",
    "The day it was signed, such as 2026-03-02.": "Ngày ký, chẳng hạn 2026-03-02.",
    "Trích yếu.": "Trích yếu.",
    "Kind of document, such as 'Công văn'.": "Loại văn bản, chẳng hạn 'Công văn'.",
    "Who signed it.": "Người ký.",
    "A recipient; may be given again.": "Một nơi nhận; có thể nêu nhiều lần.",
    "How many copies were made.": "Số bản đã làm.",
    "What else is to be said.": "Điều cần ghi thêm.",
    "Which book.": "Sổ nào.",
    "Only the series of this year.": "Chỉ các loạt số của năm này.",
    "Year of the series, if not this one.": "Năm của loạt số, nếu không phải năm nay.",
    "Only a document with this notation takes the number.": (
        "Chỉ văn bản mang ký hiệu này nhận số đó."
    ),
    "What the number is for.": "Số dùng cho việc gì.",
    "A line for each of these; may be given again.": (
        "Mỗi loại trong số này một dòng; có thể nêu nhiều lần."
    ),
    "A year, quarter or month: 2026, 2026-Q1, 2026-03.": (
        "Một năm, quý hoặc tháng: 2026, 2026-Q1, 2026-03."
    ),
    "First day, such as 2026-03-02.": "Ngày đầu, chẳng hạn 2026-03-02.",
    "Last day.": "Ngày cuối.",
    "Write the table to this file, for an office program.": (
        "Ghi bảng vào tệp này, cho phần mềm văn phòng."
    ),
    "Draw the rates into this file; its name ends with .svg.": (
        "Vẽ các tỷ lệ vào tệp này; tên tệp kết thúc bằng .svg."
    ),
    # receive, route, send
    "Folder to copy the letters to; those that are there already stay as they are.": (
        "Thư mục để chép văn bản vào; văn bản đã có ở đó được giữ nguyên."
    ),
    "Only the latest so many.": "Chỉ ngần ấy văn bản mới nhất.",
    "As of this day in Vietnam; today when left out.": (
        "Tính vào ngày này ở Việt Nam; không nêu là hôm nay."
    ),
    "Directory of agencies; that of the node when left out.": (
        "Danh bạ cơ quan; không nêu là danh bạ của nút."
    ),
    "Folder of a node, whose directory and rules count.": (
        "Thư mục của nút có danh bạ và quy tắc được dùng."
    ),
    "Rules of the way; those of the node when left out.": (
        "Quy tắc chọn đường; không nêu là quy tắc của nút."
    ),
    "Take this link for out of order; may be given again.": (
        "Coi liên kết này là hỏng; có thể nêu nhiều lần."
    ),
    "Your own key of this submission; sending again under it changes nothing.": (
        "Khóa do bạn đặt cho lần gửi này; gửi lại dưới khóa đó không thay đổi gì."
    ),
    # simulate
    "Decides what is chance.": "Quyết định những gì là ngẫu nhiên.",
    "Play it so many times, with this seed and those after it.": (
        "Chạy ngần ấy lần, với seed này và các seed tiếp theo."
    ),
    "Draw the first run into this SVG file.": "Vẽ lần chạy đầu vào tệp SVG này.",
    "Divide each run among so many: the same history. Without faults of nodes.": (
        "Chia mỗi lần chạy cho ngần ấy tiến trình: vẫn cùng diễn biến. Không có sự cố của nút."
    ),
    "List the scenarios that come with the package, and stop.": (
        "Liệt kê các kịch bản có sẵn, rồi dừng."
    ),
    "Print a scenario to begin with, and stop.": "In một kịch bản để bắt đầu, rồi dừng.",
    # status, store, trace, trust, validate
    "Report this status about a document that came in.": (
        "Báo trạng thái này về một văn bản đã đến."
    ),
    "Agree to what its sender asked.": "Đồng ý với điều nơi gửi yêu cầu.",
    "Refuse it, with --reason.": "Từ chối, kèm --reason.",
    "Ask all receivers to give it back, with --reason.": (
        "Xin mọi nơi nhận trả lại văn bản, kèm --reason."
    ),
    "The reason of a report or an answer; give one with a refusal.": (
        "Lý do của một báo cáo hoặc trả lời; từ chối thì phải nêu."
    ),
    "With --report: the node, or a copy of its folder, of an agency merged into this one, which "
    "took the letter in.": (
        "Với --report: nút, hoặc bản sao thư mục của nút, của cơ quan đã sáp nhập vào cơ quan này "
        "và đã nhận văn bản."
    ),
    "Messages at rest for longer than so many days leave.": (
        "Xóa những thông điệp đã yên quá ngần ấy ngày."
    ),
    "Receipts and refusals older than this leave too; for good when left out.": (
        "Xóa cả biên nhận và từ chối cũ hơn ngần ấy ngày; không nêu thì giữ mãi."
    ),
    "Folder of a node; give it again for every node on the way.": (
        "Thư mục của một nút; nêu lại cho mỗi nút trên đường."
    ),
    "Check the receipts and lay them end to end; trust and directory of the first node.": (
        "Kiểm tra các biên nhận và nối chúng với nhau; theo tin cậy và danh bạ của nút đầu tiên."
    ),
    "Folder of certificates and revocation lists; verify asks it where --trust is absent.": (
        "Thư mục chứng thư và danh sách thu hồi; verify hỏi thư mục này khi không có --trust."
    ),
    "Count warnings as errors.": "Tính cảnh báo như lỗi.",
}
