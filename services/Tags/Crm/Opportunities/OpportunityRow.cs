using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Opportunities;

/// <summary>An opportunity as the database has it.</summary>
internal sealed class OpportunityRow
{
    /// <summary>The columns, as every statement selects them.</summary>
    public const string Columns = """
        opportunity_id, external_id, contact_id, name, pipeline_id, stage_id, status, trim_scale(amount)::text AS amount,
        opened_on::text AS opened_on, closed_on::text AS closed_on, fields::text AS fields, stage_since, version
        """;

    public int OpportunityId { get; init; }
    public string? ExternalId { get; init; }
    public int? ContactId { get; init; }
    public string? Name { get; init; }
    public int PipelineId { get; init; }
    public int StageId { get; init; }
    public short Status { get; init; }
    public string? Amount { get; init; }
    public string? OpenedOn { get; init; }
    public string? ClosedOn { get; init; }
    public string Fields { get; init; } = "{}";
    public DateTime StageSince { get; init; }
    public long Version { get; init; }

    /// <summary>Returns the values that callers can set.</summary>
    public OpportunityState ToState() => new()
    {
        ExternalId = ExternalId,
        ContactId = ContactId,
        Name = Name,
        PipelineId = PipelineId,
        StageId = StageId,
        Status = (Opportunity.Types.Status)Status,
        Amount = Amount,
        OpenedOn = OpenedOn,
        ClosedOn = ClosedOn,
        Fields = FieldValues.Parse(Fields),
        StageSince = StageSince,
    };

    /// <summary>Returns the message, with the values of the fields in the catalog.</summary>
    public Opportunity ToProto(FieldCatalog catalog) => new()
    {
        OpportunityId = OpportunityId,
        ExternalId = ExternalId ?? "",
        ContactId = ContactId ?? 0,
        Name = Name ?? "",
        PipelineId = PipelineId,
        StageId = StageId,
        Status = (Opportunity.Types.Status)Status,
        Amount = Amount ?? "",
        OpenedDate = OpenedOn ?? "",
        ClosedDate = ClosedOn ?? "",
        Fields = FieldStruct.ToProto(FieldValues.Parse(Fields), catalog),
        StageTime = Timestamp.FromDateTime(StageSince),
        Version = Version,
    };
}
