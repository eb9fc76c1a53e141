using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Contacts;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>A row with the contact that it creates or changes.</summary>
/// <param name="Line">The line of the file on which the row starts.</param>
/// <param name="Target">The contact.</param>
/// <param name="Outcome">What the row does to it.</param>
/// <param name="State">The state after the row.</param>
/// <param name="Tags">The tags to add, by name.</param>
internal sealed record PlannedContact(
    long Line, ContactTarget Target, ImportPreview.Types.Outcome Outcome, ContactState State, string[] Tags);
