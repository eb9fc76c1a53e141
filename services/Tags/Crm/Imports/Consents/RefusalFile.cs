using System.Collections.Frozen;
using Crm.Common.V1;
using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Files;

namespace TagSegments.Tags.Crm.Imports.Consents;

/// <summary>
/// Files whose name says that the people in them opted out, such as <c>unsubscribes 2024.csv</c>, and in which nothing else says it. Tools export lists of
/// addresses so; without the name, everybody in them would arrive mailable.
/// </summary>
internal static class RefusalFile
{
    // Who is on such a list must not be mailed, whatever a column of consent says.
    private static readonly string[] s_bans = ["bounced", "bounces", "spamcomplain", .. ForeignWords.BanStems];

    // A name with any other word may mean something else: "all contacts incl. unsubscribed", "unsubscribe form leads".
    private static readonly FrozenSet<string> s_others = FrozenSet.ToFrozenSet(
    [
        "list", "lists", "export", "exports", "contact", "contacts", "member", "members", "email", "emails", "mail", "e", "newsletter", "audience", "users", "customers", "profiles", "people", "recipients",
        "subscribers", "addresses", "sms", "liste", "kontakte", "adressen", "kunden", "lista", "contactos", "contatti", "contatos", "clients", "adresses", "lijst", "contacten", "csv", "txt", "from", "of",
    ]);

    /// <summary>
    /// Returns the options with what the name of the file says, and the notice of it; the same options if it says nothing, or if the caller or a column of the
    /// file says who refuses.
    /// </summary>
    public static (ImportOptions Options, ImportNotice? Notice) Apply(ImportOptions asked, ImportOptions options, RowTable table)
    {
        var isBan = IsNamed(options.FileName, s_bans);
        if (options.Kind == ImportOptions.Types.Kind.Opportunities || options.From == ImportOptions.Types.Tool.Tagsegments
            || !(isBan || IsNamed(options.FileName, ForeignWords.RefusalStems))
            || Targets(asked).Any()
            || Targets(options).Any(target => target.Part == ConsentPart.OptOut || (target.Part == ConsentPart.State && !isBan))
            || table.Headers.Where(header => !options.Columns.ContainsKey(header)).Select(SubscriptionHeaders.Find)
                .Any(meaning => meaning is { IsVague: false } && (meaning.Part != SubscriptionPart.State || !isBan)))
        {
            return (options, null);
        }

        var optOut = new ConsentTarget(options.FileName.Contains("sms", StringComparison.OrdinalIgnoreCase) ? Channel.Sms : Channel.Email, ConsentPart.OptOut).Name;
        var filled = options.Clone();
        filled.Constants[optOut] = "yes";
        return (filled, new()
        {
            Kind = ImportNotice.Types.Kind.RefusalsTaken,
            Message = $"The name of the file says that the people in it opted out, and no column says who, so all of them are unsubscribed. The constant {optOut}=no takes nothing from the name.",
        });
    }

    private static IEnumerable<ConsentTarget> Targets(ImportOptions options) =>
        options.Columns.Values.Concat(options.Constants.Keys).Select(ConsentTarget.Find).OfType<ConsentTarget>();

    private static bool IsNamed(string fileName, string[] stems)
    {
        string[] words =
        [
            .. Path.GetFileNameWithoutExtension(fileName).Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(part => part.Split(['_', '-', '.', ',', '(', ')', '[', ']', '+'], StringSplitOptions.RemoveEmptyEntries))
                .Where(word => !word.Any(char.IsDigit))
                .Select(PlainText.Of)
                .Where(word => word.Length > 0),
        ];
        var start = 0;
        while (start < words.Length && !SaysSo(words[start..], stems) && s_others.Contains(words[start]))
        {
            start++;
        }

        return start < words.Length && SaysSo(words[start..], stems);
    }

    // A stem may be in several words, as in "do not contact", and begins in the first one.
    private static bool SaysSo(string[] words, string[] stems)
    {
        var count = Enumerable.Range(1, words.Length).FirstOrDefault(count =>
            string.Concat(words[..count]) is var text && Array.Exists(stems, stem => text.IndexOf(stem, StringComparison.Ordinal) is var at and >= 0 && at < words[0].Length));
        return count > 0 && words[count..].All(s_others.Contains);
    }
}
