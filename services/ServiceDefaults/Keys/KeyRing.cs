using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace TagSegments.ServiceDefaults.Keys;

/// <summary>A key of a ring. What is made with it names its id.</summary>
public sealed record RingKey(int Id, byte[] Key);

/// <summary>
/// The keys of one purpose: the setting <c>Keys:NAME</c>, as <c>ID:KEY</c> with a space between several. The first one makes what is new, all of
/// them read. <c>Tokens:Key</c>, the only key of earlier versions, is the last key of every ring, with the id 0.
/// </summary>
public sealed class KeyRing
{
    /// <summary>The ring of the links in messages.</summary>
    public const string Links = "Links";

    /// <summary>The ring of page tokens, consistency tokens and positions of feeds.</summary>
    public const string Tokens = "Tokens";

    /// <summary>The ring of the secrets that the database keeps.</summary>
    public const string Secrets = "Secrets";

    private const int EarlierId = 0;
    private readonly ImmutableArray<RingKey> _keys;

    private KeyRing(ImmutableArray<RingKey> keys) => _keys = keys;

    /// <summary>Makes what is new.</summary>
    public RingKey Current => _keys[0];

    /// <summary>The key of earlier versions, whose tokens name no id; null if there is none.</summary>
    public RingKey? Earlier => Find(EarlierId);

    /// <summary>All keys.</summary>
    public IReadOnlyList<RingKey> Keys => _keys;

    /// <summary>
    /// Reads a ring. A key that can be guessed is refused, unless only this machine can reach the service. Without a key, what this process makes
    /// is valid in this process only; a service that others can reach, or that stores what it makes, is refused.
    /// </summary>
    public static KeyRing From(IConfiguration configuration, string name)
    {
        var setting = $"Keys:{name}";
        var open = !ListenAddresses.AreLoopback(configuration);
        var keys = (configuration[setting] ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(entry => Read(entry, setting, open))
            .ToList();
        if (configuration["Tokens:Key"] is { Length: > 0 } earlier)
        {
            KeyStrength.RequireText(earlier, "Tokens:Key", open);
            keys.Add(new(EarlierId, SHA256.HashData(Encoding.UTF8.GetBytes(earlier))));
        }

        if (keys.Select(key => key.Id).Distinct().Count() < keys.Count)
        {
            throw new InvalidOperationException($"{setting} has two keys with the same id.");
        }

        return keys.Count > 0 ? new([.. keys]) : new([Random(name, setting, open)]);
    }

    /// <summary>Gets the key with an id; null if it is not in the ring.</summary>
    public RingKey? Find(int id) => _keys.FirstOrDefault(key => key.Id == id);

    private static RingKey Read(string entry, string setting, bool open)
    {
        if (entry.Split(':', 2) is not [var id, var text]
            || !int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number is <= EarlierId or > 999_999_999)
        {
            throw new InvalidOperationException($"{setting} is not of the form ID:KEY, with a number from 1 to 999999999 as id. {KeyStrength.Advice}");
        }

        return new(number, KeyStrength.Decode(text, $"the key {number} of {setting}", open));
    }

    private static RingKey Random(string name, string setting, bool open) => open || name == Secrets
        ? throw new InvalidOperationException($"Set {setting} to ID:KEY, for example 1:KEY. {KeyStrength.Advice}")
        : new(EarlierId, RandomNumberGenerator.GetBytes(32));
}
