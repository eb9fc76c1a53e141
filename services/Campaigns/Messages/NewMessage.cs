using Crm.Campaigns.V1;
using Crm.Common.V1;
using TagSegments.Campaigns.Schema;
using Channel = Crm.Common.V1.Channel;

namespace TagSegments.Campaigns.Messages;

/// <summary>A single message that is to be added to the ledger.</summary>
internal sealed record NewMessage(Guid MessageId, MessageKind Kind, Channel Channel, Message Message)
{
    /// <summary>The campaign as whose message it counts; null for none.</summary>
    public Guid? CampaignId { get; init; }

    /// <summary>The campaign's name for templates.</summary>
    public string CampaignName { get; init; } = "";

    /// <summary>Why it is sent; null if nobody said so.</summary>
    public Cause? Cause { get; init; }
}
