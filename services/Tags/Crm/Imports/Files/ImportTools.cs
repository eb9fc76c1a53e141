using TagSegments.Tags.Crm.Contacts;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>What imports of every kind write with.</summary>
internal sealed record ImportTools(AccountDatabase Database, KeptRefusals Refusals, TimeProvider Time);
