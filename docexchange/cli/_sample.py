"""The sample that ``docexchange compose --example`` prints: it composes as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

__all__ = ["sample_letter"]

_SAMPLE: Final = """\
# Một văn bản, để soạn bằng:    docexchange compose letter.toml
# A letter, to be composed with that command. Lines that begin with # are not read.

number = "15"                     # số
notation = "UBND-VX"              # ký hiệu
date = {today}                 # ngày ban hành (năm-tháng-ngày, không có ngoặc kép)
place = "An Thạnh"                # nơi ban hành
type = "Công văn"                 # loại văn bản
subject = "V/v báo cáo tình hình thực hiện chuyển đổi số"    # trích yếu
# content = "Tóm tắt nội dung."   # nội dung, 500 ký tự
# due = {today}                # hạn trả lời
# priority = "urgent"             # normal, urgent, very urgent, express, express at a set time
                                  # (thường, khẩn, thượng khẩn, hỏa tốc, hỏa tốc hẹn giờ)
# copies = 2                      # số bản
# pages = 3                       # số trang
# appendixes = ["Phụ lục 1"]      # phụ lục
# sphere = "Chuyển đổi số"        # lĩnh vực
to_places = ["Như trên", "Lưu: VT"]                          # nơi nhận, như in trên văn bản
reason = "Văn bản điện tử mới"    # lý do
paper = false                     # có gửi kèm bản giấy hay không

[sender]                          # cơ quan gửi
code = "000.21.31.H53"            # mã định danh
name = "UBND xã An Thạnh"
# in_charge = "UBND huyện Bến Cầu"   # cơ quan chủ quản
# address = "..."                 # also: email, telephone, fax, website

[[to]]                            # cơ quan nhận; thêm một đoạn [[to]] cho mỗi cơ quan
code = "000.00.00.H53"
name = "UBND tỉnh Tây Ninh"

[signer]                          # người ký
name = "Nguyễn Thị Hoa"
position = "Chủ tịch"             # chức vụ
competence = "TM. ỦY BAN NHÂN DÂN"   # quyền hạn: TM., KT., TL., TUQ., Q.

# [[in_response_to]]              # trả lời văn bản
# agency = "000.00.00.H53"
# code = "31/UBND-KSTT"
# date = {today}

# [[staff]]                       # người xử lý
# department = "Văn phòng"
# name = "Trần Văn Nam"           # also: email, mobile

# [[attachments]]                 # tệp đính kèm; đường dẫn tính từ thư mục của tệp này
# file = "báo cáo.pdf"            # also: name, description, type (application/pdf)
# zip = true                      # gửi trong tệp nén, như SDK chính thức
"""


def sample_letter(today: date) -> str:
    """The sample, dated.

    Args:
        today: the date in Vietnam.
    """
    return _SAMPLE.format(today=today.isoformat())
