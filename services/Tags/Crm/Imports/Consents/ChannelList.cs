using System.Collections.Frozen;
using Crm.Common.V1;
using TagSegments.Tags.Crm.Imports.Columns;

namespace TagSegments.Tags.Crm.Imports.Consents;

/// <summary>The channels that a cell lists, as tools write do-not-disturb of single channels: <c>Email, SMS</c>, or with reasons, <c>email: bounced</c>.</summary>
/// <param name="Channels">The channels of this product.</param>
/// <param name="IsAll">True if the list stands for every channel there is.</param>
internal sealed record ChannelList(Channel[] Channels, bool IsAll)
{
    private static readonly char[] s_separators = [',', ';', '|', '/', '+', '&', '\n'];
    private static readonly Channel[] s_others = [];

    // Channels of other tools are known words that refuse nothing here.
    private static readonly FrozenDictionary<string, Channel[]> s_words = Table(
        ([Channel.Email], ["email", "emails", "mail", "mails", "emailmarketing", "courriel", "correo", "correoelectronico"]),
        ([Channel.Sms], ["sms", "text", "texts", "textmessage", "textmessages", "mms", "smsmarketing"]),
        ([Channel.Email, Channel.Sms], ["all", "any", "everything", "allchannels", "alle", "tous", "todos", "tutti", "alles", "wszystkie"]),
        (s_others,
        [
            "call", "calls", "voice", "voicemail", "phone", "phonecall", "whatsapp", "gmb", "googlemybusiness", "facebook", "fb", "messenger", "instagram", "ig",
            "livechat", "webchat", "chat", "push", "pushnotification", "notification", "post", "letter", "rcs", "linkedin", "twitter",
        ]));

    /// <summary>Reads a list; false if any item is no channel.</summary>
    public static bool TryRead(string text, out ChannelList list)
    {
        string[] items = [.. text.Split(s_separators).Select(item => PlainText.Of(item.Split(':')[0])).Where(item => item.Length > 0)];
        var isList = items.Length > 0 && items.All(s_words.ContainsKey);
        list = new(isList ? [.. items.SelectMany(item => s_words[item]).Distinct()] : [], isList && items.Any(item => s_words[item].Length > 1));
        return isList;
    }

    private static FrozenDictionary<string, Channel[]> Table(params (Channel[] Channels, string[] Words)[] rows) => rows
        .SelectMany(row => row.Words.Select(word => (word, row.Channels)))
        .ToFrozenDictionary(row => row.word, row => row.Channels, StringComparer.Ordinal);
}
