namespace TagSegments.Tags.Changes;

/// <summary>The kinds of contact changes: the values of <c>crm.contact_change.kind</c>.</summary>
internal enum ContactChangeKind : short
{
    Created = 1,
    Updated = 2,
    Deleted = 3,
    Restored = 4,
    ConsentChanged = 5,
    OpportunityChanged = 6,
    Imported = 7,
}
