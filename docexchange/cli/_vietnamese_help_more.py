"""What ``--help`` says of each command, in Vietnamese: from ``node`` to ``verify``."""

from __future__ import annotations

from typing import Final

__all__ = ["COMMANDS"]

COMMANDS: Final = {
    "node": "Vận hành nút liên thông của một cơ quan.",
    "node doctor": """
        Tìm những gì sẽ giữ văn bản lại: khóa ký, đường truyền, ổ đĩa, hàng đợi, nút lân cận, đồng
        hồ.

        Không gửi gì và không thay đổi gì; nút có thể đang chạy trong lúc này. Mã thoát là 1 khi văn
        bản không đi được trong tình trạng này.
    """,
    "node init": """
        Lập một nút mới trong một thư mục và xem nút có chạy được không.

        Không ghi đè lên gì. Mã thoát là 1 khi nút mới chưa chạy được: tệp khi đó đã có, và
        `docexchange node doctor` xem lại lần nữa.
    """,
    "node run": """
        Nhận, kiểm tra, chuyển tiếp, giao và gửi đi, đến khi được bảo dừng.

        SIGTERM hoặc Ctrl-C dừng nút sau lượt đang làm; lần thứ hai thì dừng ngay, cũng không mất
        gì. Mỗi sự kiện là một dòng ở đầu ra lỗi chuẩn. Nếu node.toml có [server], các nút khác được
        phục vụ qua HTTP trong lúc đó; việc đang dở khi nút được bảo dừng thì làm cho xong.

        Với --once hoặc --until-idle, mã thoát là 5 khi chính nút gặp trở ngại, do ổ đĩa, hộp thư
        hoặc danh sách của nó. Văn bản lúc này chưa chuyển đi được thì không phải như vậy: văn bản
        chờ lần thử kế tiếp, dòng cuối cho biết khi nào đến lần đó, và "delivery list" cho biết vì
        sao.
    """,
    "overdue": """
        Liệt kê những gì quá hạn: số chưa có văn bản, biên nhận, và trả lời, của mình và của nơi
        khác.

        Văn bản phải gửi trước trưa ngày làm việc kế tiếp, biên nhận phải báo trong ngày, trả lời
        trước hạn trả lời. Mã thoát là 1 khi có gì quá hạn.
    """,
    "pki": "Lập một PKI dùng để thử.",
    "pki demo": """
        Ghi vào thư mục mới một PKI cho các cơ quan bốn cấp.

        Một chứng thư gốc, một nơi cấp, mỗi cơ quan một con dấu và một chứng thư của lãnh đạo, và ba
        chứng thư phải bị từ chối: hết hạn, bị thu hồi, của người lạ. Không bao giờ ký văn bản thật
        bằng các khóa này.
    """,
    "prepare": """
        Chuẩn bị chữ ký mà nơi khác tính.

        FILE là phong bì edXML. Tệp được ghi cho biết phải ký những byte nào, bằng thuật toán nào;
        một dịch vụ từ xa hoặc một máy khác ký chúng, và `docexchange complete` đặt giá trị vào văn
        bản.
    """,
    "receive": """
        Liệt kê những văn bản mà nút đã nhận cho cơ quan của nó, mới nhất trước.

        Không lấy gì về: `docexchange node run` làm việc đó, và đặt mỗi văn bản vào thư mục văn bản
        đến của nút. Lệnh này xem trong kho của nút, cả khi nút đang chạy. Mỗi văn bản được so với
        bản đã kiểm tra lúc đến, trước khi hiện ra hoặc được chép.
    """,
    "register": """
        Giữ sổ đăng ký văn bản đi và văn bản đến.

        Văn bản mà nút gửi đi hoặc giao đến thì tự vào sổ.
    """,
    "register enter": """
        Vào sổ một văn bản chỉ gửi bằng bản giấy, với số kế tiếp.

        Báo cáo cần điều đó: tỷ lệ văn bản gửi điện tử là tỷ lệ trên tất cả văn bản.
    """,
    "register export": """
        Ghi một sổ với mười cột của Nghị định 30/2020 cho phần mềm văn phòng.

        Tên cột theo ngôn ngữ chọn bằng `docexchange --lang`.
    """,
    "register list": "Liệt kê các mục của một sổ, và mục nào có vẻ là cùng một văn bản.",
    "register next": """
        Giữ trước số kế tiếp, cho văn bản đang được soạn.

        Không ai khác nhận số đó, dù bao nhiêu người hỏi. Văn bản mang số đó vào đúng chỗ của nó
        trong sổ khi được gửi. Số của mỗi loạt bắt đầu từ 01 mỗi năm.
    """,
    "register thread": """
        Cho xem một văn bản cùng tất cả những gì nó trả lời và tất cả những gì trả lời nó, sớm nhất
        trước.
    """,
    "report": "Đếm những gì phải báo cáo.",
    "report indicators": """
        Đếm văn bản theo chiều: điện tử, không giấy, có chữ ký, đúng hạn, bị từ chối, bị thu hồi.

        Mỗi tỷ lệ hiện cả phần và tổng của nó. Chữ ký được tính nếu hợp lệ lúc văn bản được gửi hoặc
        đến nơi. Văn bản giấy được tính khi đã vào sổ, xem `docexchange register enter`.
    """,
    "route": "Cho biết văn bản đi theo đường nào, và vì sao.",
    "route explain": """
        Cho xem từng chặng với lý do, và điều gì sẽ làm nó đổi khác; không gửi gì.

        Với nhiều nơi nhận thì tiếp theo là các liên kết, mỗi liên kết một lần, cùng mọi nơi nhận ở
        phía sau; rồi các liên kết hỏng như nút này thấy lần cuối, được tính cho hôm nay. Mã thoát
        là 1 khi có nơi nhận không có đường đi.
    """,
    "schema": """
        In một lược đồ; không có NAME thì liệt kê.

        edxml là XSD 1.0 của văn bản và thông báo trạng thái, cho xmllint --huge và các công cụ
        khác. message là JSON Schema của một thông điệp như inspect --json và thư viện ghi ra. Các
        lược đồ còn lại mô tả kết quả --json của các lệnh, và mang tên của lệnh.
    """,
    "send": """
        Đưa một văn bản cho nút để gửi.

        FILE là phong bì edXML; - là đọc từ đầu vào chuẩn. Văn bản chưa có chữ ký thì được ký bằng
        khóa của nút. Lệnh kết thúc tốt nghĩa là văn bản đã được lưu chắc chắn và sẽ được
        `docexchange node run` gửi đi; ai không chắc thì chạy lại, không thay đổi gì.
    """,
    "sign": """
        Ký văn bản.

        FILES là phong bì edXML hoặc thư mục chứa chúng; - là đọc từ đầu vào chuẩn. Chữ ký đã có
        trong văn bản được giữ nguyên. Khóa không thuộc chứng thư của nó, hoặc chứng thư không còn
        hiệu lực lúc này, thì bị từ chối. Với nhiều tệp, khóa chỉ nạp một lần, một tệp hỏng không
        làm dừng các tệp khác, và văn bản mà chứng thư này đã ký rồi thì được bỏ qua.
    """,
    "simulate": """
        Chạy một kịch bản: một mạng gồm các nút thật với lưu lượng, đường truyền và sự cố của nó.

        SCENARIO là tệp TOML, hoặc tên của một kịch bản có sẵn (--list). Thời gian là mô phỏng, và
        cùng một seed cho cùng một diễn biến. Mã thoát là 1 khi một cam kết của việc trao đổi bị phá
        vỡ, hoặc điều kịch bản mong đợi không xảy ra.
    """,
    "status": """
        Cho biết văn bản ra sao: các lượt gửi, trạng thái, và ở mỗi nơi nhận đã đến đâu.

        Với --report thì ngược lại, báo cho nơi gửi: 01 đã đến, 02 từ chối, 03 đã vào sổ văn bản
        đến, 04 đã phân công, 05 đang xử lý, 06 đã xong, 15 và 16 chấp nhận hoặc từ chối sửa đổi,
        thu hồi. Với --agree hoặc --refuse thì trả lời một yêu cầu thu hồi, cập nhật hoặc thay thế;
        nêu văn bản đưa ra yêu cầu, hoặc văn bản được nói đến để trả lời yêu cầu gần nhất. Với
        --ask-back, nơi gửi xin lấy lại văn bản bằng trạng thái 13. Điều được báo thì được ký và
        xếp hàng; `docexchange node run` gửi đi.
    """,
    "store": "Trông coi những gì nút lưu: bản ghi, biên nhận, nội dung và nhật ký.",
    "store backup": """
        Chép kho vào thư mục TARGET chưa có; nút có thể đang chạy.

        Bản sao lưu là của một thời điểm. Nội dung được liên kết nếu TARGET cùng ổ đĩa, nếu không
        thì được chép, và được kiểm tra. Mã thoát là 1 khi có nội dung bị mất hoặc hỏng; mọi nội
        dung khác đều có trong bản sao lưu. Hãy ghi lại mã băm cuối của nhật ký được in ra.
    """,
    "store check": """
        Đọc tất cả và cho biết thứ gì hỏng hoặc mất; có thì mã thoát là 1.

        Cơ sở dữ liệu, bản ghi, biên nhận, mã băm của mọi nội dung, và chuỗi của nhật ký. Nút có thể
        đang chạy trong lúc này.
    """,
    "store purge": """
        Dọn các thông điệp cũ, từng bước nhỏ trong khi nút đang chạy.

        Không xóa gì còn đang trên đường đến ai. Mã vẫn được giữ: văn bản đến lại muộn thì nhận biên
        nhận của nó và không được giao hai lần. Nhật ký nêu tên mọi thứ đã xóa.
    """,
    "store restore": """
        Đặt bản sao lưu vào chỗ của kho đã mất; bản sao lưu được kiểm tra trước.

        Thư mục của kho phải chưa có hoặc trống: hãy dời kho hỏng đi chỗ khác, đừng xóa.
    """,
    "testserver": """
        Khởi động một mạng bốn cấp trên máy này để thử một hệ thống khác.

        Bốn nút với TLS hai chiều, một TSA, một dịch vụ OCSP, danh sách thu hồi và một API điều
        khiển qua HTTP: thứ gì đã đến, gửi, làm hỏng liên kết, cho chứng thư hết hạn hoặc thu hồi,
        đặt lại. Hệ thống của bạn là cơ quan thứ năm; chứng thư và khóa của nó nằm trong những gì
        được in ra. Chạy đến khi có Ctrl-C hoặc SIGTERM.
    """,
    "trace": """
        Cho xem đường đi của một văn bản, từng chặng, cùng biên nhận chứng minh.

        Mỗi nút nhớ những gì xảy ra ở nhà mình: nêu --node của mọi nút trên đường, thư mục có thể là
        bản sao, thì diễn biến mới đủ. Mã băm cho biết mỗi chặng đã cầm đúng những byte nào.

        Với --verify, chữ ký của mọi biên nhận được kiểm tra, và chuỗi từ nơi gửi đến từng nơi nhận.
        Mã thoát là 0: cả đường đi được chứng minh; 3: một phần, vì phần còn lại các nút đã nêu
        không biết; 1: bị từ chối trên đường, hoặc có điều mâu thuẫn.
    """,
    "trust": "Giữ các chứng thư gốc mà bạn tin cậy, và danh sách thu hồi của chúng.",
    "trust add": """
        Thêm chứng thư gốc và danh sách thu hồi.

        FILES ở dạng PEM hoặc DER; tệp có crl trong tên là danh sách thu hồi. Không hỏi gì: hãy so
        dấu vân tay được hiện với dấu vân tay mà nơi cấp cho biết bằng đường khác. Chứng thư không
        được phép cấp chứng thư khác thì bị từ chối.
    """,
    "trust check": """
        Cho biết thứ gì thiếu, hết hạn, yếu, trùng hoặc quá cũ; có thì mã thoát là 1.
    """,
    "trust list": "Liệt kê những gì được tin cậy: của ai, đến khi nào, khóa nào, dấu vân tay nào.",
    "validate": """
        Kiểm tra văn bản theo các quy tắc của edXML.

        FILES là phong bì edXML; - là đọc từ đầu vào chuẩn. Mỗi lưu ý một dòng: tệp, dòng và cột,
        lỗi hoặc cảnh báo, mã, phần tử, điều mong đợi và điều tìm thấy. Cảnh báo là những điều văn
        bản thực tế hay có và nơi đọc bỏ qua được: các dạng edXML khác (mã D.), đoạn quá dài, số
        ngoài khoảng, mã cơ quan ngoài hai hệ mã. Mọi thứ khác là lỗi.

        Mã thoát là 0 khi không có lỗi (với --strict: không có lưu ý nào), là 1 khi có, là 4 khi một
        tệp hoàn toàn không phải phong bì edXML. Chữ ký không được xem đến.
    """,
    "verify": """
        Kiểm tra chữ ký của văn bản, của tệp XML bất kỳ và của tệp PDF.

        FILES là phong bì edXML, tệp XML khác có chữ ký, tệp PDF, hoặc thư mục chứa tệp .edxml, .xml
        và .pdf; - là đọc bất kỳ loại nào trong số đó từ đầu vào chuẩn. Chữ ký bên trong các tệp PDF
        đính kèm cũng được xem (cần phần mở rộng pdf). Mỗi tệp một dòng; mã thoát là 0 khi mọi tệp
        đều đạt, là 1 khi có tệp không đạt, là 3 khi có tệp chưa xác định được, là 4 khi có tệp
        không đọc được. Ngày không kèm giờ nghĩa là thời điểm đầu tiên của ngày đó.

        Với văn bản, chữ ký dạng nào cũng được tính, miễn là chắc chắn phủ lên mọi phần; các nút chỉ
        nhận một dạng, như --strict. Với tệp XML khác, không ai nói được phải ký những gì: xem bằng
        -v những gì đã được ký. Không có --trust thì hỏi các chứng thư gốc mà bạn giữ bằng
        docexchange trust, và dòng kết quả nói như vậy.
    """,
}
