using System.Buffers.Binary;
using System.Text;
using Crm.Common.V1;
using TagSegments.ServiceDefaults.Keys;

namespace TagSegments.Campaigns.Tracking;

/// <summary>The purpose of a link in a message; a token of one purpose is worthless for another.</summary>
internal enum TokenPurpose
{
    Open = 1,
    Click = 2,
    Unsubscribe = 3,

    /// <summary>The Message-ID: a provider's reports about a message lead back to its recipient.</summary>
    Message = 4,

    /// <summary>Confirms an address of a team; its id takes the place of the campaign's.</summary>
    Confirm = 5,
}

/// <summary>The recipient that a link belongs to, and for clicks where it leads.</summary>
internal sealed record TrackingTarget(int AccountId, Guid CampaignId, int ContactId, Channel Channel, string Url = "");

/// <summary>
/// Makes and reads the tokens in links of messages: encrypted, so that they reveal nothing about contacts, and authenticated, so that nobody
/// can make one, turn one into another, or send people to another address. The keys are the ring <c>Keys:Links</c>. The same link gets the same
/// token, so a message that is tried again is the same message.
/// </summary>
internal sealed class TrackingTokens(KeyRing ring)
{
    private const int HeadLength = 25;

    private readonly Dictionary<TokenPurpose, Sealer> _sealers =
        Enum.GetValues<TokenPurpose>().ToDictionary(purpose => purpose, purpose => new Sealer(ring, $"tracking {purpose}"));

    public string Create(TokenPurpose purpose, TrackingTarget target) => _sealers[purpose].Seal(ToBytes(target));

    /// <summary>Reads a token; null if it is damaged, forged or made for another purpose.</summary>
    public TrackingTarget? Read(TokenPurpose purpose, string token) =>
        _sealers[purpose].Open(token) is { Length: >= HeadLength } bytes ? FromBytes(bytes) : null;

    private static byte[] ToBytes(TrackingTarget target)
    {
        var bytes = new byte[HeadLength + Encoding.UTF8.GetByteCount(target.Url)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, target.AccountId);
        target.CampaignId.TryWriteBytes(bytes.AsSpan(4));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), target.ContactId);
        bytes[24] = (byte)target.Channel;
        Encoding.UTF8.GetBytes(target.Url, bytes.AsSpan(HeadLength));
        return bytes;
    }

    private static TrackingTarget FromBytes(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt32LittleEndian(bytes),
        new Guid(bytes.Slice(4, 16)),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]),
        (Channel)bytes[24],
        Encoding.UTF8.GetString(bytes[HeadLength..]));
}
