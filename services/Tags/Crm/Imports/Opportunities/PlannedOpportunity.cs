using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Opportunities;

namespace TagSegments.Tags.Crm.Imports.Opportunities;

/// <summary>A row with the opportunity that it creates or changes.</summary>
/// <param name="Draft">The row.</param>
/// <param name="Outcome">What the row does.</param>
/// <param name="State">The state after the row.</param>
internal sealed record PlannedOpportunity(OpportunityDraft Draft, ImportPreview.Types.Outcome Outcome, OpportunityState State);
