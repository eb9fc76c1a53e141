using System.CommandLine;
using System.Globalization;
using Crm.Accounts.V1;
using Crm.Auth.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.ApiKeys;

/// <summary>Commands about the API keys of programs.</summary>
internal static class ApiKeyCommands
{
    /// <summary>`keys`.</summary>
    public static Command Build() => new("keys", "API keys, by which programs call in the name of an account.")
    {
        List(), Create(), Revoke(),
    };

    private static Command List() => new Command("list", "Lists the keys with what they may do and when they were last used.").Runs(async (session, ct) =>
    {
        var request = new ListApiKeysRequest { Account = session.RequireAccount() };
        var all = await Pages.AllAsync(request, r => session.Services.Accounts.ListApiKeysAsync(r, cancellationToken: ct), page => page.Keys);
        session.Report.Write(all, () => Report.Table(
            all.Keys,
            ("key", key => key.KeyId), ("name", key => key.Name), ("scopes", key => string.Join(' ', key.Permissions.Select(Scope))),
            ("made by", key => key.Creator), ("ends", key => key.ExpireTime), ("last used", key => key.LastUseTime), ("revoked", key => key.RevokeTime)));
    });

    private static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The key's name; histories show it." };
        var scopes = Options.Several("--scope", "What the key may do, for example contacts.read.", "permission");
        var role = Options.Text("--role", "A role whose permissions the key gets, for example viewer.", "role");
        var days = Options.OptionalNumber("--expire-after-days", "When the key ends. Without it, it has no end.", "days");
        var command = new Command("create", "Makes a key and prints its text, once.") { name, scopes, role, days };
        return command.Runs(async (session, ct) =>
        {
            var request = new CreateApiKeyRequest
            {
                Account = session.RequireAccount(),
                Name = session.Get(name),
                Permissions = { Options.Names(session.Get(scopes)).Select(Permission) },
                Role = session.Get(role) ?? "",
                ExpireTime = session.Get(days) is { } life ? DateTimeOffset.UtcNow.AddDays(life).ToTimestamp() : null,
                RequestId = RequestId.New(),
            };
            var answer = await session.Services.Accounts.CreateApiKeyAsync(request, cancellationToken: ct);
            session.Report.Note($"Key {answer.Key.KeyId} \"{answer.Key.Name}\" made. Keep this text: nobody can show it again.");
            session.Report.Write(answer, answer.Text);
        });
    }

    private static Command Revoke()
    {
        var id = new Argument<int>("key") { Description = "The number of the key; `keys list` shows it." };
        var command = new Command("revoke", "Revokes a key for good; all services refuse it within 5 seconds.") { id };
        return command.Runs(async (session, ct) =>
        {
            var request = new RevokeApiKeyRequest { Account = session.RequireAccount(), KeyId = session.Get(id), RequestId = RequestId.New() };
            var answer = await session.Services.Accounts.RevokeApiKeyAsync(request, cancellationToken: ct);
            session.Report.Write(answer, $"Key {answer.Key.KeyId} \"{answer.Key.Name}\" is revoked.");
        });
    }

    private static string Scope(Permission permission) =>
        string.Concat(permission.ToString().Select((letter, i) => (i > 0 && char.IsUpper(letter) ? "." : "") + char.ToLowerInvariant(letter)));

    private static Permission Permission(string scope)
    {
        var words = scope.Split('.').Select(word => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(word));
        return System.Enum.TryParse<Permission>(string.Concat(words), out var permission) && Scope(permission) == scope
            ? permission
            : throw new CliError($"`{scope}` is not a permission.", "Write for example --scope contacts.read --scope tags.write.");
    }
}
