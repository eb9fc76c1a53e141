using System.Security.Cryptography;
using System.Text;
using Crm.Common.V1;
using TagSegments.ServiceDefaults.Keys;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>
/// Hashes addresses so that they can be recognised but not read back. The keys are derived from the ring <c>Keys:Tokens</c>, not from the database:
/// who has only the hashes cannot try addresses on them. What was hashed with a key that has left the ring is not recognised any more.
/// </summary>
internal sealed class AddressHash(IConfiguration configuration)
{
    private readonly byte[][] _keys =
        [.. KeyRing.From(configuration, KeyRing.Tokens).Keys.Select(key => HMACSHA256.HashData(key.Key, "erased addresses"u8))];

    /// <summary>Hashes an address in the form in which addresses are compared.</summary>
    public byte[] Of(int accountId, Channel channel, string addressKey) => Hash(_keys[0], accountId, channel, addressKey);

    /// <summary>Gets all hashes that an address may have: one of each key of the ring.</summary>
    public IEnumerable<byte[]> AllOf(int accountId, Channel channel, string addressKey) =>
        _keys.Select(key => Hash(key, accountId, channel, addressKey));

    private static byte[] Hash(byte[] key, int accountId, Channel channel, string addressKey) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{accountId} {(int)channel} {addressKey}"));
}
