using System.Buffers.Binary;
using System.Security.Cryptography;
using Crm.Campaigns.V1;

namespace TagSegments.Campaigns.AbTests;

/// <summary>Assigns variants of a message to contacts. Variants are numbered from 1; 0 is the rest of the audience, or no test at all.</summary>
internal static class Variants
{
    /// <summary>
    /// The variant of a contact. It depends on the campaign and the contact alone, so it is the same in every process and for ever; over
    /// many contacts the shares are as configured.
    /// </summary>
    public static short Of(AbTest? test, Guid campaignId, int contactId)
    {
        if (test is null)
        {
            return 0;
        }

        Span<byte> bytes = stackalloc byte[20];
        campaignId.TryWriteBytes(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], contactId);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        // Even over 0 to 1: a place below the share of the test falls into one of equal parts, one for each variant.
        var place = BinaryPrimitives.ReadUInt64LittleEndian(hash) / 18_446_744_073_709_551_616m;
        var share = test.Percent / 100m;
        return place < share ? (short)(1 + (int)(place / share * test.Variants.Count)) : (short)0;
    }

    /// <summary>The message of a variant.</summary>
    public static Message Apply(Message message, AbTest? test, int variant)
    {
        if (test is null || variant == 0)
        {
            return message;
        }

        var own = test.Variants[variant - 1];
        var applied = message.Clone();
        applied.Subject = Or(own.Subject, message.Subject);
        applied.Text = Or(own.Text, message.Text);
        applied.Html = Or(own.Html, message.Html);
        applied.FromName = Or(own.FromName, message.FromName);
        return applied;
    }

    /// <summary>The messages of a campaign: its own, and that of each variant.</summary>
    public static IEnumerable<Message> MessagesOf(Campaign campaign) => Enumerable.Range(0, 1 + (campaign.AbTest?.Variants.Count ?? 0))
        .Select(variant => Apply(campaign.Message ?? new Message(), campaign.AbTest, variant));

    /// <summary>The number of the variant with a name; 0 if there is none.</summary>
    public static short Find(AbTest? test, string name) =>
        (short)(1 + (test?.Variants.ToList().FindIndex(variant => variant.Name == name) ?? -1));

    /// <summary>The name of a variant; empty for none.</summary>
    public static string NameOf(AbTest? test, int variant) => test is null || variant == 0 ? "" : test.Variants[variant - 1].Name;

    private static string Or(string own, string common) => own.Length > 0 ? own : common;
}
