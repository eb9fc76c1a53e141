using System.Collections.Frozen;
using Crm.Auth.V1;

namespace TagSegments.ServiceDefaults.Auth;

/// <summary>The permissions of the protos as a set, and by their names in tokens.</summary>
public readonly record struct Permissions(uint Bits)
{
    /// <summary>No permission.</summary>
    public static readonly Permissions None;

    private static readonly FrozenDictionary<string, Permissions> s_byName = Enum.GetValues<Permission>()
        .Where(permission => permission != Permission.Unspecified)
        .ToFrozenDictionary(NameOf, Of);

    private static readonly FrozenDictionary<string, Permissions>.AlternateLookup<ReadOnlySpan<char>> s_bySpan =
        s_byName.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The set of one permission.</summary>
    public static Permissions Of(Permission permission) => new(1u << (int)permission);

    /// <summary>The name of a permission in tokens, for example <c>contacts.read</c>.</summary>
    public static string NameOf(Permission permission)
    {
        var name = PermissionReflection.Descriptor.EnumTypes[0].FindValueByNumber((int)permission).Name["PERMISSION_".Length..];
        return name.ToLowerInvariant().Replace('_', '.');
    }

    /// <summary>Whether the set has a permission; it never has the unspecified one.</summary>
    public bool Has(Permission permission) => permission != Permission.Unspecified && (Bits & Of(permission).Bits) != 0;

    /// <summary>The permissions of the set.</summary>
    public IEnumerable<Permission> Each()
    {
        var all = this;
        return Enum.GetValues<Permission>().Where(permission => all.Has(permission));
    }

    /// <summary>The names of the permissions, between spaces.</summary>
    public override string ToString() => string.Join(' ', Each().Select(NameOf));

    /// <summary>Adds the permissions of another set.</summary>
    public Permissions With(Permissions other) => new(Bits | other.Bits);

    /// <summary>Gets the permissions that another set does not have.</summary>
    public Permissions Except(Permissions other) => new(Bits & ~other.Bits);

    /// <summary>Takes a permission out of the set.</summary>
    public Permissions Without(Permission permission) => new(Bits & ~Of(permission).Bits);

    /// <summary>Reads names between spaces, as the claim <c>scope</c> has them. Names of other systems are passed over.</summary>
    public static Permissions Read(string scopes)
    {
        var read = None;
        foreach (var part in scopes.AsSpan().Split(' '))
        {
            if (s_bySpan.TryGetValue(scopes.AsSpan(part), out var permission))
            {
                read = read.With(permission);
            }
        }

        return read;
    }

    /// <summary>Reads names between spaces and fails at one that is unknown.</summary>
    public static Permissions ReadAll(string scopes)
    {
        var unknown = scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(name => !s_byName.ContainsKey(name));
        return unknown is null
            ? Read(scopes)
            : throw new InvalidOperationException($"There is no permission \"{unknown}\". There are: {string.Join(", ", s_byName.Keys.Order())}.");
    }
}
