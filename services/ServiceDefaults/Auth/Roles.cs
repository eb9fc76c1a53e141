using System.Collections.Frozen;
using System.Security.Claims;
using Crm.Auth.V1;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Auth;

/// <summary>
/// The roles that tokens can name instead of permissions. <c>Auth:Roles:NAME</c> adds a role or changes one; its value is permissions between
/// spaces.
/// </summary>
public sealed class Roles
{
    private const string Viewer = "contacts.read";
    private const string Editor = $"{Viewer} contacts.write tags.write segments.write campaigns.write workflows.write";
    private const string Sender = $"{Editor} campaigns.send";
    private const string Admin = $"{Sender} contacts.export contacts.erase account.admin";

    private readonly FrozenDictionary<string, Permissions> _roles;

    /// <summary>Reads the roles that the configuration adds or changes.</summary>
    public Roles(IReadOnlyDictionary<string, string> configured)
    {
        var roles = new Dictionary<string, string>
        {
            ["viewer"] = Viewer,
            ["editor"] = Editor,
            ["sender"] = Sender,
            ["admin"] = Admin,
            ["platform"] = "platform.admin",
        };
        foreach (var (name, permissions) in configured)
        {
            roles[name] = permissions;
        }

        _roles = roles.ToFrozenDictionary(role => role.Key, role => UserPermissions(role.Key, role.Value));
    }

    /// <summary>Gets what a role stands for; null if there is no such role.</summary>
    public Permissions? Find(string role) => _roles.TryGetValue(role, out var permissions) ? permissions : null;

    /// <summary>Gets what the caller may do. A service has what its part of the product needs, whatever its token says.</summary>
    public Permissions Granted(ClaimsPrincipal caller) => caller.ServiceName() is { } service ? ServiceRights.Of(service) : Of(caller);

    /// <summary>Gets what the user may do: the scopes of the token and what its roles stand for.</summary>
    private Permissions Of(ClaimsPrincipal user)
    {
        var permissions = Permissions.None;
        foreach (var claim in user.Claims)
        {
            permissions = permissions.With(claim.Type switch
            {
                "scope" or "scp" => Permissions.Read(claim.Value),
                "role" or "roles" => _roles.GetValueOrDefault(claim.Value),
                _ => Permissions.None,
            });
        }

        // No issuer of users' tokens can make a caller one of the services.
        return permissions.Without(Permission.Internal);
    }

    private static Permissions UserPermissions(string role, string text)
    {
        var permissions = Permissions.ReadAll(text);
        return permissions.Has(Permission.Internal)
            ? throw new InvalidOperationException($"Auth:Roles:{role} has \"internal\", which only the services themselves can have.")
            : permissions;
    }
}
