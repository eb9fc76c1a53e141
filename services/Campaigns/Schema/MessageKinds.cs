namespace TagSegments.Campaigns.Schema;

/// <summary>For whom a single message is.</summary>
internal enum MessageKind : short
{
    /// <summary>The contact whom it is about.</summary>
    ToContact,

    /// <summary>A team address that tries a campaign's message, rendered for a contact.</summary>
    Test,

    /// <summary>A team address that is told something. It has no contact, and its text is no template.</summary>
    Notice,

    /// <summary>An address that is asked whether it is one of the team. It has no contact, and its text is no template.</summary>
    Confirmation,
}

/// <summary>The kinds of single messages as SQL has them: the numbers of <see cref="MessageKind"/>.</summary>
internal static class MessageKinds
{
    public const string ToContact = "0";
    public const string Test = "1";
    public const string Notice = "2";
    public const string Confirmation = "3";

    /// <summary>The kinds that count against the limit of test messages.</summary>
    public const string Counted = $"({Test}, {Confirmation})";
}
