using System.Collections.Frozen;
using System.Security.Claims;
using Crm.Auth.V1;

namespace TagSegments.ServiceDefaults.Auth;

/// <summary>
/// The roles that tokens can name instead of permissions. <c>Auth:Roles:NAME</c> adds a role or changes one; its value is permissions between
/// spaces.
/// </summary>
internal sealed class Roles
{
    private const string Viewer = "contacts.read";
    private const string Editor = $"{Viewer} contacts.write tags.write segments.write campaigns.write workflows.write";
    private const string Sender = $"{Editor} campaigns.send";
    private const string Admin = $"{Sender} contacts.export account.admin";

    private readonly FrozenDictionary<string, Permissions> _roles;

    public Roles(AuthOptions options)
    {
        var roles = new Dictionary<string, string>
        {
            ["viewer"] = Viewer,
            ["editor"] = Editor,
            ["sender"] = Sender,
            ["admin"] = Admin,
            ["platform"] = "platform.admin",
        };
        foreach (var (name, permissions) in options.Roles)
        {
            roles[name] = permissions;
        }

        _roles = roles.ToFrozenDictionary(role => role.Key, role => UserPermissions(role.Key, role.Value));
    }

    /// <summary>Gets what the caller may do: the scopes of the token and what its roles stand for.</summary>
    public Permissions Of(ClaimsPrincipal user)
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
