namespace TagSegments.Cli.Commands.Activities;

/// <summary>How another tool writes activities into files. Headers are compared by their letters and digits.</summary>
internal sealed record ActivityTool
{
    private static readonly Dictionary<string, ActivityTool> s_tools = new()
    {
        // An account's export has a folder granular_activity with a file for each campaign, in a folder for each kind.
        ["mailchimp"] = new() { Email = ["Email", "Email Address"], Time = ["Timestamp"], Detail = ["URL"], Zone = "UTC", NamesFoldersByKind = true },
        ["klaviyo"] = new()
        {
            Email = ["Email", "$email", "Profile Email"],
            Time = ["Datetime", "Event Time", "Timestamp", "Date"],
            Kind = ["Event Name", "Metric", "Metric Name", "Event"],
            Key = ["$event_id", "Event ID", "uuid"],
            Detail = ["URL"],
            Amount = ["$value", "Value"],
            Currency = ["$value_currency", "value_currency"],
            Zone = "UTC",
            Words = ["Dropped Email="],
        },
        ["sendgrid"] = new()
        {
            Email = ["email", "to_email"],
            Time = ["processed", "timestamp", "last_event_time"],
            Kind = ["event", "status"],
            Key = ["sg_event_id"],
            Detail = ["url", "reason"],
            Zone = "UTC",
            Words = ["deferred=", "dropped=", "group_resubscribe=", "group_unsubscribe=unsubscribed"],
        },
    };

    /// <summary>What files of nobody in particular call things.</summary>
    public static ActivityTool Usual { get; } = new()
    {
        Email = ["Email", "Email Address", "E-Mail", "Subscriber", "Recipient"],
        Phone = ["Phone", "Phone Number", "Mobile", "MSISDN"],
        Time = ["Timestamp", "Time", "Event Time", "Occurred At", "Datetime", "Date", "Created At"],
        Kind = ["Kind", "Event", "Event Name", "Event Type", "Activity", "Action"],
        Key = ["Event ID", "Activity ID"],
        Detail = ["URL", "Link", "Clicked URL", "Reason"],
    };

    /// <summary>The names of the tools.</summary>
    public static string[] Names => [.. s_tools.Keys];

    /// <summary>The headers of the address.</summary>
    public string[] Email { get; private init; } = [];

    /// <summary>The headers of the phone number.</summary>
    public string[] Phone { get; private init; } = [];

    /// <summary>The headers of the time.</summary>
    public string[] Time { get; private init; } = [];

    /// <summary>The headers of the kind.</summary>
    public string[] Kind { get; private init; } = [];

    /// <summary>The headers of the row's own id.</summary>
    public string[] Key { get; private init; } = [];

    /// <summary>The headers of a link or a reason.</summary>
    public string[] Detail { get; private init; } = [];

    /// <summary>The headers of the amount.</summary>
    public string[] Amount { get; private init; } = [];

    /// <summary>The headers of the currency.</summary>
    public string[] Currency { get; private init; } = [];

    /// <summary>The zone of times without an offset; empty for that of the account.</summary>
    public string Zone { get; private init; } = "";

    /// <summary>What words mean, as WORD=KIND; words without a kind are left out.</summary>
    public string[] Words { get; private init; } = [];

    /// <summary>True if the folder of a file says the kind, and nothing in the file does.</summary>
    public bool NamesFoldersByKind { get; private init; }

    /// <summary>Finds a tool by its name; without one, what is usual.</summary>
    public static ActivityTool Of(string? name) => name is null ? Usual : s_tools[name];

    /// <summary>Finds the first header of a file that is meant; null if the file has none.</summary>
    public static string? Find(IReadOnlyList<string> headers, string[] meant) =>
        meant.Select(name => headers.FirstOrDefault(header => Plain(header) == Plain(name))).FirstOrDefault(header => header is not null);

    private static string Plain(string header) => new([.. header.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);
}
