using TagSegments.Tags.Crm.Opportunities;

namespace TagSegments.Tags.Crm.Imports.Opportunities;

/// <summary>A row that is to become an opportunity or to change one.</summary>
internal sealed record OpportunityDraft
{
    /// <summary>The external id; null creates an opportunity.</summary>
    public string? Key { get; init; }

    /// <summary>The external id of the contact; null for an orphan.</summary>
    public string? Contact { get; init; }

    /// <summary>The values in the row; attributes without a value stay unchanged.</summary>
    public required OpportunityState Values { get; init; }

    /// <summary>Returns the opportunity with the values of the row; its contact is already known.</summary>
    public OpportunityState Apply(OpportunityState? state, int? contactId)
    {
        if (state is null)
        {
            return Values with { ContactId = contactId };
        }

        var fields = state.Fields.Copy();
        foreach (var (fieldId, value) in Values.Fields.All)
        {
            fields[fieldId] = value;
        }

        return state with
        {
            ContactId = contactId ?? state.ContactId,
            Name = Values.Name ?? state.Name,
            PipelineId = Values.PipelineId,
            StageId = Values.StageId,
            Status = Values.Status,
            Amount = Values.Amount ?? state.Amount,
            OpenedOn = Values.OpenedOn ?? state.OpenedOn,
            ClosedOn = Values.ClosedOn ?? state.ClosedOn,
            Fields = fields,
        };
    }
}
