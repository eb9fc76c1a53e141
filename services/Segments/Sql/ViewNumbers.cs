namespace TagSegments.Segments.Sql;

/// <summary>The changes of contacts as the read view <c>crm.segment_contact_changes</c> has them.</summary>
internal static class ContactChangeKinds
{
    public const string Created = "1";
    public const string OpportunityChanged = "6";

    /// <summary>The changes of the contact's own record: updated, consent changed, imported.</summary>
    public const string OfRecord = "(2, 5, 7)";
}

/// <summary>The changes of tags as the read view <c>tags.segment_tag_changes</c> has them.</summary>
internal static class TagOps
{
    public const string Added = "1";
    public const string Removed = "2";
}

/// <summary>The consents that the read views of contacts have: the numbers of <see cref="Crm.Segments.V1.ConsentClause.Types.State"/>.</summary>
internal static class ConsentStates
{
    public const string Subscribed = "2";
    public const string Unsubscribed = "3";
}

/// <summary>The channels as the read views have them.</summary>
internal static class Channels
{
    public const string Email = "1";
    public const string Sms = "2";
}
