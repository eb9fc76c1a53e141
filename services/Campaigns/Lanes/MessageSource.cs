using System.Collections.Concurrent;
using Crm.Campaigns.V1;
using Google.Protobuf;
using TagSegments.Campaigns.AbTests;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.Lanes;

/// <summary>The source of messages: a campaign, or a single message.</summary>
internal sealed record MessageSource(
    int AccountId, Guid CampaignId, string AccountName, string Name, string Message, int MessagesPerMinute, bool SubscribedOnly,
    string? AbTest, short AbWinner, int Version, bool IsSingle, short Kind)
{
    private readonly ConcurrentDictionary<int, Message> _messages = new();

    /// <summary>The bytes that it takes in memory, about: the text of the message, and the messages made of it.</summary>
    public long Bytes => 2L * (Message.Length + (AbTest?.Length ?? 0)) * (1 + _messages.Count);

    /// <summary>Whether it goes to the contact. If not, the contact's consent does not matter, and nothing is recorded of it.</summary>
    public bool IsToContact => Kind == (short)MessageKind.ToContact;

    /// <summary>Whether it has a contact, for whom its text is rendered.</summary>
    public bool HasContact => (MessageKind)Kind is MessageKind.ToContact or MessageKind.Test;

    /// <summary>The message that a recipient of a variant gets.</summary>
    public Message MessageOf(short variant) => _messages.GetOrAdd(variant == 0 ? AbWinner : variant, number => Variants.Apply(
        JsonParser.Default.Parse<Message>(Message), AbTest is null ? null : JsonParser.Default.Parse<AbTest>(AbTest), number));
}
