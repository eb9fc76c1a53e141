using TagSegments.Tags.Crm.Imports.Columns;

namespace TagSegments.Tags.Crm.Imports.Consents;

/// <summary>What <see cref="ForeignWords"/> has, in Japanese, Chinese, Korean, Russian and Turkish.</summary>
internal static class EasternWords
{
    /// <summary>Words of people who agreed.</summary>
    public static readonly string[] Agreed = PlainText.OfAll(
        "購読", "購読中", "登録", "登録済", "登録済み", "配信中", "配信可", "有効", "同意", "同意済み", "許可", "オプトイン", "受信する", "希望する", "希望",
        "订阅", "已订阅", "已確認", "已确认", "已同意", "接受", "訂閱", "已訂閱", "구독", "구독중", "수신동의", "동의", "подписан", "подписана", "активен", "согласен", "согласна", "abone", "onaylandı");

    /// <summary>Words of people who did not agree, took it back or cannot be reached.</summary>
    public static readonly string[] Refused = PlainText.OfAll(
        "解除", "解除済み", "配信不可", "拒否", "無効", "不達", "エラー", "バウンス", "ハードバウンス", "未同意", "同意しない", "未購読", "未登録", "停止", "停止中", "ブロック", "迷惑メール",
        "希望しない", "受信しない", "仮登録", "未確認", "削除", "削除済み", "已退订", "未订阅", "拒绝", "不同意", "黑名单", "退信", "硬退信", "无效", "已屏蔽", "投诉", "已退訂", "未訂閱", "拒絕",
        "거부", "미동의", "탈퇴", "차단", "неподписан", "не подписан", "отказ", "отказался", "заблокирован", "недействителен", "жалоба", "iptal", "reddedildi", "engellendi");

    /// <summary>What is in every word for leaving a list.</summary>
    public static readonly string[] RefusalStems = PlainText.OfAll(
        "配信停止", "配信解除", "配信拒否", "配信不要", "購読解除", "購読停止", "登録解除", "受信拒否", "オプトアウト", "退会", "停止希望", "退订", "退訂", "取消订阅", "取消訂閱", "수신거부", "구독취소",
        "구독해지", "отказ от рассыл", "abonelikten ayr", "abonelikten çık", "abonelik iptal");

    /// <summary>What else is in headers of columns that say who must not be mailed.</summary>
    public static readonly string[] BanStems = PlainText.OfAll("配信不可", "不達", "送信禁止", "メール禁止", "メール不要", "ハードバウンス", "黑名单", "黑名單", "ブラックリスト");

    /// <summary>What is in headers of newsletters and of advertising by mail.</summary>
    public static readonly string[] NewsletterStems = PlainText.OfAll(
        "メルマガ", "メールマガジン", "ニュースレター", "オプトイン", "メール配信", "メール受信", "配信可否", "配信希望", "受信可否", "电子报", "電子報", "邮件订阅", "뉴스레터", "메일 수신", "bülten");

    /// <summary>What is in headers of consent to anything.</summary>
    public static readonly string[] ConsentStems = PlainText.OfAll("同意", "許諾", "承諾", "许可", "동의", "согласи");

    /// <summary>What makes a consent one to be mailed.</summary>
    public static readonly string[] MailingStems = PlainText.OfAll("メール", "配信", "マーケティング", "広告", "邮件", "营销", "推广", "메일", "마케팅", "광고", "реклам");

    /// <summary>What is in headers that may be about subscriptions, or about anything else.</summary>
    public static readonly string[] VagueStems = PlainText.OfAll("ステータス", "状態", "状況", "購読", "配信", "状态", "狀態", "订阅", "訂閱", "상태", "구독", "수신", "статус", "подпис", "durum", "abonelik");

    /// <summary>What is in headers of reasons.</summary>
    public static readonly string[] ReasonStems = PlainText.OfAll("理由", "原因", "사유", "причина");

    /// <summary>What is in headers about other channels.</summary>
    public static readonly string[] OtherChannels = PlainText.OfAll("電話", "电话", "전화", "звон", "郵送", "ダイレクトメール");

    /// <summary>What takes a word back at its end.</summary>
    public static readonly string[] Negations = PlainText.OfAll("なし", "しない", "していない", "未", "아님");
}
