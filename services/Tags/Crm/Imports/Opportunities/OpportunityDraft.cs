using TagSegments.Tags.Crm.Opportunities;

namespace TagSegments.Tags.Crm.Imports.Opportunities;

/// <summary>A row that is to become an opportunity or to change one.</summary>
internal sealed record OpportunityDraft
{
    /// <summary>The line of the file on which the row starts.</summary>
    public required long Line { get; init; }

    /// <summary>The name of the stage.</summary>
    public required string Stage { get; init; }

    /// <summary>The external id; null creates an opportunity.</summary>
    public string? Key { get; init; }

    /// <summary>The external id of the contact; null for an orphan.</summary>
    public string? Contact { get; init; }

    /// <summary>The values in the row; attributes without a value stay unchanged.</summary>
    public required OpportunityState Values { get; init; }

    /// <summary>Returns the opportunity with the values of the row; its contact and the stages are known.</summary>
    public OpportunityState Apply(OpportunityState? state, int? contactId, ImportStages stages)
    {
        if (state is null)
        {
            return Values with { ContactId = contactId, PipelineId = stages.PipelineId, StageId = stages[Stage] };
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
            PipelineId = stages.PipelineId,
            StageId = stages[Stage],
            Status = Values.Status,
            Amount = Values.Amount ?? state.Amount,
            OpenedOn = Values.OpenedOn ?? state.OpenedOn,
            ClosedOn = Values.ClosedOn ?? state.ClosedOn,
            Fields = fields,
        };
    }
}
