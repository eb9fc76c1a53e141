using Crm.Campaigns.V1;
using Crm.Common.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Campaigns.AbTests;

namespace TagSegments.Campaigns.Definitions;

/// <summary>A campaign as it is stored: messages of the proto are JSON.</summary>
internal sealed record CampaignRow(
    int AccountId, Guid CampaignId, string AccountName, string Name, string Description, short Channel, string Message, string Audience,
    string? Schedule, int[] RecipientTagIds, int MessagesPerMinute, short State, string Problem, int Version, DateTime? RunAt,
    DateTime? EvaluatedAt, string? SegmentVersions, DateTime? EndedAt, DateTime CreatedAt, DateTime UpdatedAt, string? AbTest,
    DateTime? AbDecideAt, short AbWinner, string AbDecision, string? EvaluatedAudience)
{
    public const string Columns =
        """
        account_id, campaign_id, account_name, name, description, channel, message, audience, schedule, recipient_tag_ids,
        messages_per_minute, state, problem, version, run_at, evaluated_at, segment_versions, ended_at, created_at, updated_at,
        ab_test, ab_decide_at, ab_winner, ab_decision, evaluated_audience
        """;

    public Campaign ToCampaign()
    {
        var campaign = JsonParser.Default.Parse<Campaign>(SegmentVersions is null ? "{}" : $$"""{"segmentVersions": {{SegmentVersions}}}""");
        campaign.CampaignId = CampaignId.ToString();
        campaign.Name = Name;
        campaign.Description = Description;
        campaign.Channel = (Channel)Channel;
        campaign.Message = ToMessage();
        campaign.Audience = JsonParser.Default.Parse<Audience>(Audience);
        campaign.RecipientTagIds.Add(RecipientTagIds);
        campaign.MessagesPerMinute = MessagesPerMinute;
        campaign.Schedule = Schedule is null ? null : JsonParser.Default.Parse<Schedule>(Schedule);
        campaign.State = (Campaign.Types.State)State;
        campaign.Problem = Problem;
        campaign.Version = Version;
        campaign.CreateTime = Timestamp.FromDateTime(CreatedAt);
        campaign.UpdateTime = Timestamp.FromDateTime(UpdatedAt);
        campaign.EvaluationTime = ToTimestamp(EvaluatedAt);
        campaign.EndTime = ToTimestamp(EndedAt);
        campaign.AbTest = ToAbTest();
        return campaign;
    }

    public Message ToMessage() => JsonParser.Default.Parse<Message>(Message);

    public AbTest? ToAbTest()
    {
        if (AbTest is null)
        {
            return null;
        }

        var test = JsonParser.Default.Parse<AbTest>(AbTest);
        test.DecideTime = ToTimestamp(AbDecideAt);
        test.Winner = Variants.NameOf(test, AbWinner);
        test.Decision = AbDecision;
        return test;
    }

    private static Timestamp? ToTimestamp(DateTime? time) => time is { } at ? Timestamp.FromDateTime(at) : null;
}
