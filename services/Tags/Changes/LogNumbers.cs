namespace TagSegments.Tags.Changes;

/// <summary>The changes of tags as SQL has them: the numbers of <see cref="Crm.Tags.V1.TagEvent.Types.Kind"/>.</summary>
internal static class TagOps
{
    public const string Added = "1";
    public const string Removed = "2";
}

/// <summary>The causes of changes that SQL names: the numbers of <see cref="Crm.Common.V1.Cause.Types.Kind"/>.</summary>
internal static class CauseKinds
{
    public const string Merge = "7";
    public const string TagLifecycle = "10";
}

/// <summary>The changes of contacts as SQL has them: the numbers of <see cref="ContactChangeKind"/>.</summary>
internal static class ContactChangeKinds
{
    public const string Created = "1";
    public const string Deleted = "3";
    public const string Restored = "4";
    public const string ConsentChanged = "5";
}

/// <summary>The consents that SQL names: the numbers of <see cref="Crm.Contacts.V1.Consent.Types.State"/>.</summary>
internal static class ConsentStates
{
    public const string Subscribed = "2";
    public const string Unsubscribed = "3";
}

/// <summary>The targets of fields that SQL names: the numbers of <see cref="Crm.Contacts.V1.Field.Types.Target"/>.</summary>
internal static class FieldTargets
{
    public const string Contacts = "1";
}
