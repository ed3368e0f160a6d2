"""Help on options of ``directory``, ``extract`` and ``verify`` in Vietnamese."""

from __future__ import annotations

from typing import Final

__all__ = ["OPTIONS"]

OPTIONS: Final = {
    # directory
    "Folder with what is trusted.  [default: that of the node in the current folder, or "
    "snapshot]": (
        "Thư mục chứa những gì được tin cậy.  [mặc định: thư mục của nút trong thư mục hiện tại, "
        "hoặc snapshot]"
    ),
    "The directory, .toml or .csv.  [default: that of the node in the current folder, or "
    "directory.toml there]": (
        "Danh bạ, .toml hoặc .csv.  [mặc định: danh bạ của nút trong thư mục hiện tại, hoặc "
        "directory.toml ở đó]"
    ),
    "The provinces and central bodies that come with docexchange.": (
        "Các tỉnh và cơ quan trung ương có sẵn trong docexchange."
    ),
    "The day to ask about, in Vietnam.  [today]": "Ngày được hỏi, theo giờ Việt Nam.  [hôm nay]",
    "Tiers there may be; vietnam: the four, and the three since 1 July 2025.": (
        "Các cấp được phép có; vietnam: bốn cấp, và ba cấp từ ngày 1 tháng Bảy 2025."
    ),
    "Only what is in force on that day.  [all entries]": (
        "Chỉ những gì có hiệu lực vào ngày đó.  [mọi mục]"
    ),
    "The form to write.": "Dạng để ghi.",
    "File to write; - is standard output.  [default: standard output]": (
        "Tệp để ghi; - là đầu ra chuẩn.  [mặc định: đầu ra chuẩn]"
    ),
    "The agency above all others, if the list is silent.": (
        "Cơ quan trên tất cả các cơ quan khác, nếu danh sách không nói."
    ),
    "The first day of what is new, in Vietnam.": (
        "Ngày đầu tiên của những gì mới, theo giờ Việt Nam."
    ),
    "Tell what would be done, and write nothing.": "Cho biết sẽ làm gì, mà không ghi gì.",
    "Certificate of a key for roots.": "Chứng thư của một khóa cho tệp gốc.",
    "Certificate of a key for releases.": "Chứng thư của một khóa cho bản phát hành.",
    "How many of the keys for roots have to sign.  [default: more than half, or as before]": (
        "Bao nhiêu khóa cho tệp gốc phải ký.  [mặc định: hơn một nửa, hoặc như trước]"
    ),
    "How many of the keys for releases have to sign.  [default: 1, or as before]": (
        "Bao nhiêu khóa cho bản phát hành phải ký.  [mặc định: 1, hoặc như trước]"
    ),
    "How long it lets anything in.": "Trong bao nhiêu ngày tệp còn cho nhận danh bạ.",
    "File to write; - is standard output.  [default: root-1.json]": (
        "Tệp để ghi; - là đầu ra chuẩn.  [mặc định: root-1.json]"
    ),
    "Key that counts no more: its id, or the first 8 digits of it or more.": (
        "Khóa không còn giá trị: mã của khóa, hoặc từ 8 chữ số đầu của mã trở lên."
    ),
    "File to write; - is standard output.  [default: root-N.json, with the next number]": (
        "Tệp để ghi; - là đầu ra chuẩn.  [mặc định: root-N.json, với số kế tiếp]"
    ),
    "Key to sign with: pkcs12:, file: or pkcs11: URI.": (
        "Khóa để ký: URI pkcs12:, file: hoặc pkcs11:."
    ),
    "Key to sign with: pkcs12:, file: or pkcs11: URI; several where several have to sign.": (
        "Khóa để ký: URI pkcs12:, file: hoặc pkcs11:; nêu nhiều khóa khi nhiều khóa phải ký."
    ),
    "Root file that is not in FOLDER yet.": "Tệp gốc chưa có trong FOLDER.",
    "How long it may be taken in; publish again before that.": (
        "Trong bao nhiêu ngày còn được nhận về; hãy công bố lại trước đó."
    ),
    "Version of the release.  [default: one more than the last]": (
        "Phiên bản của bản phát hành.  [mặc định: hơn bản trước một]"
    ),
    "How many levels below to show.  [all]": "Hiện bao nhiêu cấp bên dưới.  [tất cả]",
    "First root file to trust, where none is kept yet.": (
        "Tệp gốc đầu tiên để tin cậy, khi chưa giữ tệp nào."
    ),
    "Network that may be asked although it is not of the Internet (10.1.0.0/16).": (
        "Mạng được phép hỏi dù không thuộc Internet (10.1.0.0/16)."
    ),
    # extract, verify
    "Folder to write to; made when absent.": "Thư mục để ghi vào; chưa có thì được tạo.",
    "Only this attachment; may repeat.": "Chỉ tệp đính kèm này; có thể nêu nhiều lần.",
    "Write zipped files as the archives that are carried and that signatures cover.": (
        "Ghi tệp đã nén đúng như tệp nén được gửi và được chữ ký phủ lên."
    ),
    "Root certificate, bundle, or folder of them (with revocation lists).": (
        "Chứng thư gốc, tệp gộp, hoặc thư mục chứa chúng (cùng danh sách thu hồi)."
    ),
    "Root certificate, bundle, or folder of them (with revocation lists).  [default: your own "
    "folder; see docexchange trust]": (
        "Chứng thư gốc, tệp gộp, hoặc thư mục chứa chúng (cùng danh sách thu hồi).  [mặc định: "
        "thư mục của bạn; xem docexchange trust]"
    ),
    "Certificate revocation list.": "Danh sách thu hồi chứng thư.",
    "Judge for this moment instead of now (ISO 8601; Vietnam time without a zone).": (
        "Xét tại thời điểm này thay cho bây giờ (ISO 8601; không nêu múi giờ là giờ Việt Nam)."
    ),
    "Directory of agencies: ties signers to senders.": (
        "Danh bạ cơ quan: gắn người ký với nơi gửi."
    ),
    "Fetch missing revocation lists, OCSP answers and issuers' certificates from where "
    "certificates point to.": (
        "Lấy danh sách thu hồi, trả lời OCSP và chứng thư của nơi cấp còn thiếu từ địa chỉ mà "
        "chứng thư chỉ đến."
    ),
    "Network that --online may ask although it is not of the Internet (10.1.0.0/16).": (
        "Mạng mà --online được phép hỏi dù không thuộc Internet (10.1.0.0/16)."
    ),
    "Do not ask whether certificates were revoked; a stolen key stays good.": (
        "Không hỏi chứng thư đã bị thu hồi chưa; khóa bị đánh cắp vẫn được coi là tốt."
    ),
    "Refuse letters without a signature in this role.": (
        "Từ chối văn bản không có chữ ký với vai trò này."
    ),
    "Refuse signatures without a good timestamp.": (
        "Từ chối chữ ký không có dấu thời gian hợp lệ."
    ),
    "Signature policy that signers may sign under, and its text.": (
        "Chính sách ký mà người ký được áp dụng, và văn bản của chính sách."
    ),
    "Refuse letters with an attached PDF file whose own signatures do not all pass.": (
        "Từ chối văn bản có tệp PDF đính kèm mà không phải mọi chữ ký trong đó đều đạt."
    ),
    "Accept only signatures of the form that nodes accept, instead of any form.": (
        "Chỉ nhận chữ ký ở dạng mà các nút nhận, thay vì dạng nào cũng được."
    ),
    "File that references of an XML file mean by NAME.": (
        "Tệp mà tham chiếu trong tệp XML gọi là NAME."
    ),
    "Write the report as XML of ETSI TS 119 102-2 to FILE; - is standard output. Of several files "
    "or a folder, one report a file into the folder FILE.": (
        "Ghi báo cáo dạng XML theo ETSI TS 119 102-2 vào FILE; - là đầu ra chuẩn. Với nhiều tệp "
        "hoặc một thư mục, mỗi tệp một báo cáo trong thư mục FILE."
    ),
    "Ask signxml about XML signatures too; where it says otherwise, nothing passes.": (
        "Hỏi thêm signxml về chữ ký XML; nơi nào signxml nói khác thì không gì được coi là đạt."
    ),
    "Processes.  [default: one a processor]": "Số tiến trình.  [mặc định: mỗi bộ xử lý một]",
    "Show the whole report.": "Hiện toàn bộ báo cáo.",
}
