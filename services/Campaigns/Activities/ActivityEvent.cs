using System.Security.Cryptography;
using System.Text;
using Crm.Activity.V1;
using Crm.Common.V1;

namespace TagSegments.Campaigns.Activities;

/// <summary>An activity to record.</summary>
internal sealed record ActivityEvent(int ContactId, Activity.Types.Kind Kind, Channel Channel, DateTime At)
{
    public Guid? CampaignId { get; init; }

    /// <summary>The link followed, the bounce's reason, or the name of a custom event.</summary>
    public string? Detail { get; init; }

    /// <summary>Whether a bounce is hard or soft; not set for other kinds, and if nobody said.</summary>
    public Activity.Types.Bounce Bounce { get; init; }

    /// <summary>JSON.</summary>
    public string? Properties { get; init; }

    public bool Machine { get; init; }

    /// <summary>The contact to whom the message went, if it has been merged since; null if it is the same.</summary>
    public int? RecipientId { get; private init; }

    public string? DedupeKey { get; init; }

    /// <summary>The link of a message that was opened or followed, as a hash in hex: one event of it counts per minute.</summary>
    public string? Link { get; private init; }

    /// <summary>The event as one of the contact that its contact is now. It counts as one of the message's recipient all the same.</summary>
    public ActivityEvent Of(int contactId) => contactId == ContactId ? this : this with { ContactId = contactId, RecipientId = ContactId };

    /// <summary>The event as one of a link in a message, or of its pixel; people and programs that follow it count apart.</summary>
    public ActivityEvent OfLink(Guid messageId, string url)
    {
        var text = $"{Kind} {messageId:N} {ContactId} {Channel} {Machine} {url}";
        return this with { Link = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16)) };
    }
}

/// <summary>A position of an account's activity clock and how many activities were recorded at it.</summary>
internal sealed record Recorded(int Count, long Pos, Guid Nonce);
