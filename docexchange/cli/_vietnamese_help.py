"""What ``--help`` says of each command, in Vietnamese: from ``audit`` to ``inspect``.

Keys are the command's name behind ``docexchange``; the example is that of the English text, which
stands in the docstring of the command. Tests hold both to the same options, codes and paragraphs.
"""

from __future__ import annotations

from typing import Final

__all__ = ["COMMANDS"]

COMMANDS: Final = {
    "": "Tạo, ký, kiểm tra và chuyển văn bản điện tử giữa các cơ quan.",
    "audit": "Chứng minh nhật ký của một nút còn nguyên vẹn, hoặc liệt kê nhật ký.",
    "audit head": """
        Cho biết mã băm của mục cuối cùng; ghi lại ở nơi khác thì sau này chứng minh được là chưa
        mất mục nào.
    """,
    "audit list": "Liệt kê nhật ký, mục cũ nhất trước.",
    "audit verify": """
        Tìm mọi mục đã bị sửa, bị xóa, bị chèn thêm hoặc bị dời chỗ; có thì mã thoát là 1.

        Mỗi mục bảo đảm cho tất cả các mục trước nó, và biên nhận được đối chiếu với nhật ký. Với
        --head, là mã băm mà `audit head` hoặc một bản sao lưu đã cho biết trước đây, thì phần cuối
        bị cắt mất cũng được phát hiện.
    """,
    "carry": "Mang văn bản đến nút lân cận bằng ổ đĩa, nơi không có đường truyền.",
    "carry pack": """
        Chép những gì đang chờ một nút lân cận lên ổ đĩa, kèm danh sách có chữ ký.

        Trong danh bạ, endpoint của nút đó là `pull:`, nên văn bản gửi đến đó chờ trong hộp. Văn
        bản ở lại trong hộp đến khi biên nhận về, bằng ổ đĩa hay bằng đường truyền: mất ổ đĩa thì
        đóng gói lại, văn bản đến hai lần cũng chỉ được nhận một lần.
    """,
    "carry unpack": """
        Nhận văn bản và biên nhận mà nút lân cận đã đóng gói cho cơ quan này.

        Mỗi văn bản được kiểm tra như khi đến bằng đường truyền; biên nhận chờ trong hộp của nơi đã
        đóng gói, để mang về: `docexchange carry pack`. Không ghi gì lên ổ đĩa, và mở lại lần nữa
        cũng không thay đổi gì. Mã thoát là 1 khi có thứ trên ổ đĩa không nhận được, là 3 khi không
        có gì trên ổ đĩa dành cho cơ quan này.
    """,
    "complete": """
        Đặt giá trị chữ ký vào văn bản đã chuẩn bị cho nó.

        FILE là văn bản đã chuẩn bị. Giá trị không phải do khóa của người ký tạo trên chính văn bản
        này thì bị từ chối. Giá trị ECDSA có thể ở dạng DER, như phần lớn công cụ vẫn ghi.
    """,
    "compose": """
        Lập một văn bản điện tử.

        LETTER là tệp TOML; - là đọc từ đầu vào chuẩn. Mọi lỗi được báo cùng một lần, mỗi lỗi ở
        đúng mục của nó. Tệp nêu trong đó được tìm ở bên cạnh nó, tệp của --attach được tìm từ thư
        mục hiện tại. Văn bản được ghi trọn vẹn hoặc không ghi gì. Với --zip, hoặc zip = true dưới
        [[attachments]], mỗi tệp được gửi trong một tệp nén riêng, như SDK Java chính thức vẫn làm;
        chữ ký khi đó phủ lên tệp nén.
    """,
    "conformance": """
        Thử các trường hợp có tên với một endpoint, và cho biết endpoint giữ được những cam kết nào.

        Văn bản gửi đến là thật, nên hãy dùng một endpoint dành để thử và khóa của một cơ quan thử
        nghiệm. Mã thoát là 1 khi một cam kết bắt buộc không được giữ, là 5 khi không có ai trả lời.
    """,
    "delivery": "Trông coi những văn bản đang trên đường hoặc không giao được.",
    "delivery cancel": """
        Dừng việc gửi trước khi có biên nhận.

        Thứ mà chặng kế tiếp đã cầm trong tay vẫn có thể đến nơi; biên nhận khi đó được ghi lại. Ở
        nút trung chuyển, nơi đã đưa văn bản đến được báo.
    """,
    "delivery list": """
        Liệt kê các lượt gửi, cũ nhất trước: đến ai, qua chặng kế tiếp nào, ở trạng thái nào, vì
        sao.

        Với --peers, mỗi chặng kế tiếp một dòng: bao nhiêu văn bản đang chờ, bao nhiêu đã hỏng, lần
        thử tới là khi nào và lần trước hỏng vì sao.
    """,
    "delivery resend": """
        Gửi lại văn bản đã bị từ chối, bị trả về, không gửi được, quá hạn hoặc đã bị dừng.

        Vẫn đúng nội dung đó với đúng mã đó, theo tuyến của ngày hôm nay, nên không ai nhận hai lần.
        Văn bản được xếp hàng; `docexchange node run` gửi đi, và có thể đang chạy trong lúc này.
    """,
    "delivery show": """
        Cho xem mọi điều nút biết về một văn bản: các lượt gửi, biên nhận, diễn biến và hướng dẫn.
    """,
    "demo": """
        Xem một văn bản đi từ xã lên trung ương và trở về.

        Bốn cơ quan được lập mỗi nơi một nút với khóa dùng để thử. Một văn bản có hai tệp đính kèm,
        một tệp trên 10 MB, được lãnh đạo và cơ quan ký, qua huyện và tỉnh, được kiểm tra ở mỗi
        chặng và giao ở trung ương; biên nhận và trạng thái đi ngược về. Sau đó một byte của một bản
        sao bị sửa, và việc kiểm tra chỉ ra chỗ hỏng. Mã thoát là 1 khi có điều gì không như phải
        thế.
    """,
    "diff": """
        Cho biết hai văn bản khác nhau ở đâu.

        BEFORE và AFTER là phong bì edXML; - là đọc một trong hai từ đầu vào chuẩn. Mỗi khác biệt
        một dòng; chỗ giống nhau không hiện, chỗ khác mà không có nghĩa gì cũng vậy: khoảng trắng,
        thứ tự phần tử và nơi nhận, cách ghi ngày. Đoạn dài được rút ngắn quanh chỗ bắt đầu khác
        nhau; --json cho đủ cả đoạn. Không kiểm tra chữ ký nào.

        Mã thoát là 0 khi không có gì khác, là 1 khi có, là 4 khi một trong hai không phải phong bì
        edXML.
    """,
    "directory": "Giữ danh bạ cơ quan: có những ai, thuộc ai, từ khi nào và ở đâu.",
    "directory age": """
        Cho biết danh bạ đã nhận về cũ đến đâu, và còn dùng được đến khi nào.

        Mã thoát là 1 khi danh bạ đã hết hạn: nút vẫn làm việc theo danh bạ đó, nhưng không nhận
        thêm bản nào như thế.
    """,
    "directory check": """
        Chứng minh danh bạ là một cây: một gốc, mọi cơ quan đều về đến gốc, vào mọi ngày.

        Mã thoát là 1 nếu không phải: một mã cho hai cơ quan cùng lúc, cơ quan chủ quản không còn
        hiệu lực, một vòng tròn, một gốc thứ hai. Các lưu ý khác không làm thay đổi mã thoát. Số
        đếm là vào ngày --at.
    """,
    "directory diff": """
        Cho biết hai danh bạ khác nhau ở đâu.

        OLD và NEW là .toml hoặc .csv. Dòng bắt đầu bằng + là mục chỉ có trong NEW, bằng - là mục
        chỉ có trong OLD, bằng ~ là mục khác nhau. Có khác biệt thì mã thoát là 1.
    """,
    "directory export": """
        Ghi danh bạ ra TOML, CSV hoặc JSON.

        JSON là danh sách cơ quan với các khóa như trong TOML; directory import cũng đọc được.
    """,
    "directory import": """
        Cập nhật danh bạ theo một danh sách, và cho biết mọi chỗ đã sửa.

        LIST là CSV có dòng tên cột (.csv, .tsv), danh sách cơ quan của trục quốc gia như API trả
        về (.json), hoặc danh bạ do nơi khác viết (.toml). Cột không được giữ thì được nêu tên, ký
        tự không nhìn thấy và khoảng trắng lạ bị bỏ, mã được đưa về đúng dạng, cơ quan không có chủ
        quản được đặt dưới cơ quan gần nhất mà mã của nó cho biết, hoặc dưới gốc. Hai dòng cùng một
        mã thì dòng đầu được tính.

        Điều mà danh sách không nói đến thì giữ nguyên: endpoint, chứng thư, các cơ quan khác. Với
        --from, mục cũ kết thúc vào ngày trước đó; không có thì mục cũ được sửa lại. Cùng danh sách
        đó lần thứ hai không thay đổi gì. Những mục mâu thuẫn nhau thì không được ghi; mã thoát khi
        đó là 4.
    """,
    "directory keys": "Nói chữ ký của ai có giá trị dưới danh bạ được công bố: các tệp gốc.",
    "directory keys init": """
        Viết tệp gốc đầu tiên, chưa ai ký.

        Nêu mỗi khóa bằng chứng thư của nó; chỉ khóa công khai trong đó được tính. Giữ các khóa cho
        tệp gốc tách rời nhau và không để trên máy công bố. Rồi để đủ số khóa phải ký ký vào tệp:
        directory keys sign.
    """,
    "directory keys rotate": """
        Viết tệp gốc kế tiếp ROOT: với các khóa khác, hoặc vẫn khóa đó nhưng lâu hơn.

        Đủ số khóa của ROOT phải ký nó, và đủ số khóa của chính nó. Công bố ngay một bản phát hành
        dưới tệp gốc mới (directory publish --root): những gì khóa bị thu hồi đã ký khi đó bị bỏ
        lại.
    """,
    "directory keys show": "Cho xem các khóa của một tệp gốc, và khóa nào đã ký tệp đó.",
    "directory keys sign": """
        Thêm một chữ ký vào tệp gốc.

        Hãy xem tệp trước: directory keys show. Ai ký tức là nói rằng đây đúng là các khóa phải có.
    """,
    "directory publish": """
        Công bố danh bạ thành bản phát hành có chữ ký trong FOLDER; vẫn bản đó lần nữa thì gia hạn.

        FOLDER dành cho máy chủ web, thư mục chia sẻ hoặc ổ đĩa: các tệp gốc, bản phát hành, danh bạ
        và phần chênh lệch so với các bản trước. Không ghi gì mà nơi đang có bản trước sẽ từ chối.
    """,
    "directory show": """
        Cho xem một cơ quan: tên, chủ quản, các mã, tuyến, chứng thư, và nay thành cơ quan nào.

        CODE thuộc một trong hai hệ mã, hoặc là tên khác. Cơ quan đã đóng vào ngày đó được hiện như
        lần cuối, cùng với nơi kế thừa.
    """,
    "directory tree": """
        Vẽ ai thuộc ai vào một ngày, từ gốc hoặc từ cơ quan CODE.

        Chỗ mà --depth cắt bớt nhánh thì hiện số cơ quan trực thuộc.
    """,
    "directory update": """
        Nhận danh bạ công bố mới nhất; nút đang chạy làm việc theo ngay.

        FROM là địa chỉ, thư mục hoặc ổ đĩa; với một nút thì là nơi node.toml của nút nói. Không ai
        phải tin nơi đó: thứ không do các khóa của tệp gốc ký, đã hết hạn, hoặc cũ hơn bản đang có,
        thì bị từ chối với mã thoát 1, và danh bạ tốt gần nhất vẫn ở lại.
    """,
    "extract": """
        Lấy tệp đính kèm ra khỏi văn bản.

        FILE là phong bì edXML; - là đọc từ đầu vào chuẩn. Với --trust văn bản được kiểm tra trước,
        không đạt thì không ghi gì; không có --trust thì không ai bảo đảm cho những gì lấy ra. Mỗi
        tệp được ghi trọn vẹn hoặc không ghi gì, và chỉ vào thư mục đã nêu. Hai tệp trùng tên thì
        được đánh số.

        Một số hệ thống nén từng tệp thành ZIP mà vẫn gửi dưới tên của tệp; những tệp đó được giải
        nén, trừ khi có --keep-zipped. Tệp nén mang tên tệp nén thì để nguyên, tệp nén có nhiều tệp
        bên trong cũng vậy.
    """,
    "inspect": """
        Cho xem một văn bản.

        FILE là phong bì edXML; - là đọc từ đầu vào chuẩn. Trước hết là những gì ghi trên văn bản
        giấy, rồi văn bản làm gì (thu hồi, cập nhật, thay thế) và với văn bản nào, các tệp kèm theo,
        chữ ký, và đường nó đã đi. Không kiểm tra gì: ở đây chỉ cho biết văn bản nói gì, mà ai cũng
        viết được một văn bản.
    """,
}
