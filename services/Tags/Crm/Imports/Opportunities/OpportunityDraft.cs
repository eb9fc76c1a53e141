using TagSegments.Tags.Crm.Fields;
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

    /// <summary>True if an earlier row with the same key counts instead.</summary>
    public bool IsLater { get; init; }

    /// <summary>The external id of the contact; null for an orphan.</summary>
    public string? Contact { get; init; }

    /// <summary>The values in the row; attributes without a value stay unchanged.</summary>
    public required OpportunityState Values { get; init; }

    /// <summary>Returns the opportunity with what it does not have yet; it has a stage.</summary>
    public OpportunityState Fill(OpportunityState state, OpportunityState kept, int? contactId) => state with
    {
        ContactId = kept.ContactId is null ? contactId ?? state.ContactId : state.ContactId,
        Name = kept.Name is null ? Values.Name ?? state.Name : state.Name,
        Amount = kept.Amount is null ? Values.Amount ?? state.Amount : state.Amount,
        OpenedOn = kept.OpenedOn is null ? Values.OpenedOn ?? state.OpenedOn : state.OpenedOn,
        ClosedOn = kept.ClosedOn is null ? Values.ClosedOn ?? state.ClosedOn : state.ClosedOn,
        Fields = With(state.Fields, Values.Fields.All.Where(field => kept.Fields[field.Key] is null)),
    };

    /// <summary>Returns the opportunity with the values of the row; its contact and the stages are known.</summary>
    public OpportunityState Apply(OpportunityState? state, int? contactId, ImportStages stages)
    {
        if (state is null)
        {
            return Values with { ContactId = contactId, PipelineId = stages.PipelineId, StageId = stages[Stage] };
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
            Fields = With(state.Fields, Values.Fields.All),
        };
    }

    private static FieldValues With(FieldValues fields, IEnumerable<KeyValuePair<int, string>> values)
    {
        var result = fields.Copy();
        foreach (var (fieldId, value) in values)
        {
            result[fieldId] = value;
        }

        return result;
    }
}
