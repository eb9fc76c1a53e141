namespace TagSegments.Filters.Facts;

/// <summary>The data on which the truth of a clause depends.</summary>
[Flags]
public enum ClauseData
{
    /// <summary>None: it is true for everyone, or a group.</summary>
    None = 0,

    /// <summary>The contact's own record: attributes, fields, consent, time zone.</summary>
    Contact = 1,

    /// <summary>The tags that the contact has.</summary>
    Tags = 2,

    /// <summary>The log of a tag.</summary>
    TagLog = 4,

    /// <summary>The contact's opportunities.</summary>
    Opportunities = 8,

    /// <summary>The names of pipelines and stages.</summary>
    Names = 16,

    /// <summary>Messages to the contact, and the contact's activity.</summary>
    Activity = 32,

    /// <summary>The suppression list of a channel.</summary>
    Suppressions = 64,

    /// <summary>Another segment, and all that it depends on.</summary>
    Segment = 128,
}

/// <summary>The cost of answering a clause for one contact, from little to much.</summary>
public enum ClauseCost
{
    /// <summary>The contact's own row.</summary>
    Contacts,

    /// <summary>Its opportunities.</summary>
    Opportunities,

    /// <summary>The log of a tag.</summary>
    TagChanges,

    /// <summary>Its events.</summary>
    Events,
}
