using System.CommandLine;

namespace TagSegments.Cli.Commands.Activities;

/// <summary>The options of `activities import`, as they are on one command line.</summary>
internal sealed class ActivityOptions(ActivityOptionSet set, Session session)
{
    private readonly ActivityKinds _kinds = new([.. ActivityTool.Of(session.Get(set.From)).Words, .. session.Get(set.KindWords) ?? []]);

    public ActivityTool Tool { get; } = ActivityTool.Of(session.Get(set.From));

    public string? Contact => session.Get(set.Contact);

    public string? ExternalId => session.Get(set.ExternalId);

    public string? Email => session.Get(set.Email);

    public string? Phone => session.Get(set.Phone);

    public string? Time => session.Get(set.Time);

    public string? KindColumn => session.Get(set.KindColumn);

    public string? Key => session.Get(set.Key);

    public string? Detail => session.Get(set.Detail);

    public string? Amount => session.Get(set.Amount);

    public IReadOnlyList<string> Skipped => session.Get(set.Skipped) ?? [];

    public string Decimal => session.Get(set.Decimal) ?? "";

    public string TimeFormat => session.Get(set.TimeFormat) ?? "";

    public bool IsSms => session.Get(set.Channel) is "sms";

    public bool DryRun => session.Get(set.DryRun);

    public bool StartWorkflows => session.Get(set.StartWorkflows);

    private bool FoldersSayKinds => Tool.NamesFoldersByKind && KindColumn is null && session.Get(set.Kind) is null;

    /// <summary>The zone of times without an offset: that of the option, of the tool, or of the account.</summary>
    public string ZoneOr(string account) =>
        session.Get(set.TimeZone) ?? (Tool.Zone.Length > 0 ? Tool.Zone : account.Length > 0 ? account : "UTC");

    /// <summary>Of the files of a tool that says kinds by folders, those in such folders; the others are about something else.</summary>
    public List<(string Name, Func<Stream> Open)> OfActivities(List<(string Name, Func<Stream> Open)> files)
    {
        if (!FoldersSayKinds || !files.Exists(file => KindOfFolder(file.Name) is not null))
            return files;

        foreach (var (name, _) in files.Where(file => KindOfFolder(file.Name) is null))
            session.Report.Note($"{name}: left out, its folder is no kind of activity.");
        return files.FindAll(file => KindOfFolder(file.Name) is not null);
    }

    /// <summary>The kind of all rows of a file; null if a column says it.</summary>
    public ActivityKind? KindOf(ActivityFile file) =>
        session.Get(set.Kind) is { } kind ? KindOf(kind) : FoldersSayKinds ? KindOfFolder(file.Name) : null;

    /// <summary>Reads the word of a row.</summary>
    public ActivityKind KindOf(string word) => _kinds.Of(word);

    /// <summary>The column of the currency; null if the option says the currency itself.</summary>
    public string? CurrencyColumn(IReadOnlyList<string> headers) =>
        session.Get(set.Currency) is { } name && headers.Contains(name, StringComparer.OrdinalIgnoreCase) ? name : null;

    /// <summary>The currency of all rows; empty if a column says it.</summary>
    public string CurrencyOf(IReadOnlyList<string> headers) => CurrencyColumn(headers) is null ? session.Get(set.Currency) ?? "" : "";

    /// <summary>Opens a file.</summary>
    public ActivityFile Open(string name, Stream content) => ActivityFile.Open(name, content, session.Get(set.Delimiter), session.Get(set.Encoding));

    // No folder of the tool is an event of its own.
    private ActivityKind? KindOfFolder(string path) =>
        path.Split('/', '\\').SkipLast(1).Reverse().Select(KindOf).FirstOrDefault(kind => kind.EventName.Length == 0);
}

/// <summary>The options of `activities import`.</summary>
internal sealed class ActivityOptionSet
{
    public Option<string> From { get; } = Options.Text("--from", "The tool that exported the file: its headers and words are known.", "tool").AcceptOnlyFrom(ActivityTool.Names);

    public Option<string> Kind { get; } = Options.Text("--kind", "The kind of all rows: sent, delivered, opened, clicked, bounced, replied, unsubscribed or complained; any other text is the name of custom events.", "kind");

    public Option<string> KindColumn { get; } = Options.Text("--kind-column", "The column with the kinds, or the names of custom events.", "column");

    public Option<string[]> KindWords { get; } = Options.Several("--kind-word", "What a word of the file means: WORD=KIND, or WORD= to leave its rows out.", "word=kind");

    public Option<string> Contact { get; } = Options.Text("--contact", "The column with contacts: numbers, external:KEY, e-mail addresses or phone numbers with a plus.", "column");

    public Option<string> ExternalId { get; } = Options.Text("--external-id", "The column with external ids of contacts.", "column");

    public Option<string> Email { get; } = Options.Text("--email", "The column with e-mail addresses of contacts.", "column");

    public Option<string> Phone { get; } = Options.Text("--phone", "The column with phone numbers of contacts.", "column");

    public Option<string> Time { get; } = Options.Text("--time", "The column with the times.", "column");

    public Option<string> TimeFormat { get; } = Options.Text("--time-format", "The format of times, for example dd/MM/yyyy HH:mm, also unix and unix_ms. Defaults to ISO 8601 and other clear forms.", "format");

    public Option<string> TimeZone { get; } = Options.Text("--time-zone", "The zone of times without an offset. Defaults to that of the tool or the account.", "zone");

    public Option<string> Key { get; } = Options.Text("--key", "The column with the row's own id. Without one, rows with the same content are one activity.", "column");

    public Option<string> Detail { get; } = Options.Text("--detail", "The column with the link that was followed or the reason of a bounce.", "column");

    public Option<string> Amount { get; } = Options.Text("--amount", "The column with the amount of custom events; it becomes their property amount.", "column");

    public Option<string> Currency { get; } = Options.Text("--currency", "The column with the currency, or the currency itself; it becomes the property currency.", "column");

    public Option<string> Decimal { get; } = Options.Text("--decimal", "What separates the fraction of amounts: . or , (otherwise each amount must be clear).", "mark").AcceptOnlyFrom(".", ",");

    public Option<string[]> Skipped { get; } = Options.Several("--skip", "A column that is not to become a property of custom events.", "column");

    public Option<string> Channel { get; } = Options.Text("--channel", "The channel of messages: email (the default) or sms.", "channel").AcceptOnlyFrom("email", "sms");

    public Option<string> Delimiter { get; } = Options.Text("--delimiter", "The delimiter, one character or `tab`. Defaults to the most frequent one in the header.", "char");

    public Option<string> Encoding { get; } = Options.Text("--encoding", "The encoding, for example windows-1252. Defaults to UTF-8.", "name");

    public Option<bool> DryRun { get; } = new("--dry-run") { Description = "Record nothing: show where the columns go, the first rows, and what would be recorded." };

    public Option<bool> StartWorkflows { get; } = new("--start-workflows") { Description = "Let the activities start workflows, as if they happened now." };

    public void AddTo(Command command)
    {
        Option[] all =
        [
            From, Kind, KindColumn, KindWords, Contact, ExternalId, Email, Phone, Time, TimeFormat, TimeZone, Key, Detail, Amount, Currency, Decimal, Skipped, Channel,
            Delimiter, Encoding, DryRun, StartWorkflows,
        ];
        foreach (var option in all)
            command.Options.Add(option);
    }
}
