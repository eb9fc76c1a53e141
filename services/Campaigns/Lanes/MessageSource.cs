using System.Collections.Concurrent;
using Crm.Campaigns.V1;
using Google.Protobuf;
using TagSegments.Campaigns.AbTests;

namespace TagSegments.Campaigns.Lanes;

/// <summary>The source of messages: a campaign, or a single message.</summary>
internal sealed record MessageSource(
    int AccountId, Guid CampaignId, string AccountName, string Name, string Message, int MessagesPerMinute, bool SubscribedOnly,
    string? AbTest, short AbWinner, int Version, bool IsSingle)
{
    private readonly ConcurrentDictionary<int, Message> _messages = new();

    /// <summary>The bytes that it takes in memory, about: the text of the message, and the messages made of it.</summary>
    public long Bytes => 2L * (Message.Length + (AbTest?.Length ?? 0)) * (1 + _messages.Count);

    /// <summary>The message that a recipient of a variant gets.</summary>
    public Message MessageOf(short variant) => _messages.GetOrAdd(variant == 0 ? AbWinner : variant, number => Variants.Apply(
        JsonParser.Default.Parse<Message>(Message), AbTest is null ? null : JsonParser.Default.Parse<AbTest>(AbTest), number));
}
