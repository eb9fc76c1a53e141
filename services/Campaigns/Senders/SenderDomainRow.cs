using Crm.Campaigns.V1;
using Google.Protobuf.WellKnownTypes;

namespace TagSegments.Campaigns.Senders;

/// <summary>A sender domain as the table has it.</summary>
internal sealed record SenderDomainRow(
    int AccountId, string Domain, string Token, string Problem, DateTime CreatedAt, DateTime? VerifiedAt, DateTime? CheckedAt, DateTime? MissingSince)
{
    /// <summary>The columns of a row, in order.</summary>
    public const string Columns = "account_id, domain, token, problem, created_at, verified_at, checked_at, missing_since";

    /// <summary>The name of the TXT record that proves the domain.</summary>
    public string RecordName => $"_tagsegments.{Domain}";

    /// <summary>The text of that record.</summary>
    public string RecordText => $"tagsegments-verification={Token}";

    public SenderDomain ToDomain() => new()
    {
        Domain = Domain,
        RecordName = RecordName,
        RecordText = RecordText,
        State = VerifiedAt is null ? SenderDomain.Types.State.Pending : SenderDomain.Types.State.Verified,
        Problem = Problem,
        CreateTime = Timestamp.FromDateTime(CreatedAt),
        VerifyTime = ToTimestamp(VerifiedAt),
        CheckTime = ToTimestamp(CheckedAt),
        MissingTime = ToTimestamp(MissingSince),
    };

    private static Timestamp? ToTimestamp(DateTime? time) => time is { } at ? Timestamp.FromDateTime(at) : null;
}
