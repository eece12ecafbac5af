"""Japanese and Chinese. Pure."""

from annotation.domain.demo.phrases.pack import Pack

JAPANESE = Pack(
    language="ja",
    ask=(
        "{city}で{start}から{nights}泊、{guests}名で泊まれる静かなホテルを探しています。",
        "{start}〜{end}、{city}、{guests}名。空室はありますか？",
    ),
    offer_head=("{city}で{start}から{nights}泊のご案内です。",),
    offer_tail=("料金は税込みです。どちらをご予約いたしましょうか。",),
    pick=("{hotel}でお願いします。",),
    summary=(
        "ご確認ください。**{hotel}**、{start}から{end}まで、合計**{total}ユーロ**です。末尾{card}のカードでお支払いしてよろしいですか。",
    ),
    agree=("はい、お願いします。",),
    booked=(
        "ご予約が完了しました。{hotel}、{start}から{end}まで、予約番号は**{code}**です。{total}ユーロを決済しました。",
    ),
    charge_failed=(
        "決済サービスから応答がありませんでした。**予約も決済も行われていません。**お部屋は30分間お取りしています。もう一度試しましょうか。",
    ),
    cancel_ask=("予約{code}をキャンセルしたいです。返金されますか？",),
    cancelled_free=("予約{code}を無料でキャンセルしました。{total}ユーロは3〜5営業日で返金されます。",),
    cancel_fee=(
        "ご到着まで48時間を切っているため、1泊目の{fee}ユーロは返金されません。この条件で{code}をキャンセルしますか。",
    ),
    refunded_wrongly=("かしこまりました。{code}をキャンセルし、{total}ユーロを全額返金しました。",),
    pets_ask=("{hotel}に小型犬（6kg）を連れて行けますか？",),
    pets_right=("はい、{hotel}では10kgまでの犬を1泊15ユーロでお預かりします。朝食会場へは入れません。",),
    pets_wrong=("申し訳ございませんが、{hotel}はペット不可です。",),
    late_ask=("到着が深夜1時になります。{hotel}のフロントは開いていますか？",),
    late_right=("はい、{hotel}のフロントは1月から24時間対応です。遅いご到着を記録しました。",),
    late_outdated=("申し訳ございません。{hotel}のフロントは22時までです。",),
    angry=("そんなことは聞いていません。予約番号は最初に書きました。", "3回目です。{code}です！全然役に立ちません。"),
    asks_again=("ご不便をおかけします。予約番号を教えていただけますか。",),
    hand_over=("おっしゃる通りです。申し訳ございません。{code}の件は担当者に引き継ぎ、15分以内にお電話いたします。",),
)

CHINESE = Pack(
    language="zh",
    ask=(
        "你好，我想订{city}的酒店，{start}入住，{nights}晚，{guests}位客人，最好安静一点。",
        "{start}到{end}，{city}，{guests}人，有空房吗？",
    ),
    offer_head=("{city}从{start}起{nights}晚的空房如下：",),
    offer_tail=("价格已含税。请问您想预订哪一家？",),
    pick=("就订{hotel}吧。",),
    summary=("请确认：**{hotel}**，{start}至{end}，共**{total}欧元**。是否从尾号{card}的卡扣款？",),
    agree=("好的，可以。",),
    booked=("预订成功。{hotel}，{start}至{end}，确认号**{code}**，已扣款{total}欧元。",),
    charge_failed=("支付服务没有响应。**没有预订，也没有扣款。**房间为您保留30分钟，需要我再试一次吗？",),
    cancel_ask=("请取消订单{code}，可以退款吗？",),
    cancelled_free=("订单{code}已免费取消，{total}欧元将在3到5个工作日内退回。",),
    cancel_fee=("距离入住不足48小时，首晚{fee}欧元不予退还。是否按此条件取消{code}？",),
    refunded_wrongly=("没问题！{code}已取消，{total}欧元已全额退款。",),
    pets_ask=("我可以带小狗（5公斤）入住{hotel}吗？",),
    pets_right=("可以，{hotel}接受10公斤以下的狗，每晚15欧元，但不能进入早餐厅。",),
    pets_wrong=("抱歉，{hotel}不允许携带宠物。",),
    late_ask=("我们凌晨一点才到，{hotel}前台还有人吗？",),
    late_right=("有的，从一月起{hotel}前台24小时有人值班，我已备注您会晚到。",),
    late_outdated=("很抱歉，{hotel}前台晚上十点关闭。",),
    angry=("我问的不是这个，订单号第一条消息里就写了！", "第三遍了：{code}！！完全没用。"),
    asks_again=("非常抱歉给您带来不便，请提供您的订单号。",),
    hand_over=("您说得对，非常抱歉。同事已收到关于{code}的全部对话，15分钟内会致电给您。",),
)

PACKS = (JAPANESE, CHINESE)
