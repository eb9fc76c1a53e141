using System.CommandLine;
using Crm.Activity.V1;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Webhooks;

/// <summary>Commands about the keys by which an account's mail providers are known.</summary>
internal static class WebhookCommands
{
    /// <summary>`webhooks`.</summary>
    public static Command Build() => new("webhooks", "The mail providers that report what became of messages, and the keys by which they are known.")
    {
        List(), Set(), Delete(),
    };

    private static Command List()
    {
        var command = new Command("list", "Lists the providers that have a key, with the path that they call.");
        return command.Runs(async (session, ct) =>
        {
            var request = new ListWebhookKeysRequest { Account = session.RequireAccount() };
            var found = await session.Services.Webhooks.ListWebhookKeysAsync(request, cancellationToken: ct);
            session.Report.Write(found, () => Report.Table(
                found.WebhookKeys, ("provider", key => key.Provider.ToString()), ("path", key => key.Path), ("since", key => key.CreateTime)));
        });
    }

    private static Command Set()
    {
        var provider = ProviderArgument();
        var file = new Option<string>("--key-file") { Description = "The file with the key, - for standard input.", HelpName = "file", Required = true };
        var command = new Command("set", "Stores the key of a provider instead of the one before. It cannot be read again.") { provider, file };
        return command.Runs(async (session, ct) =>
        {
            var path = session.Get(file)!;
            var key = path is "-" ? await Console.In.ReadToEndAsync(ct) : await File.ReadAllTextAsync(path, ct);
            var request = new SetWebhookKeyRequest
            {
                Account = session.RequireAccount(),
                Provider = ProviderOf(session, provider),
                Key = key.Trim(),
                RequestId = RequestId.New(),
            };
            var answer = await session.Services.Webhooks.SetWebhookKeyAsync(request, cancellationToken: ct);
            session.Report.Write(answer, $"The key is stored. Let the provider call {answer.WebhookKey.Path}.");
        });
    }

    private static Command Delete()
    {
        var provider = ProviderArgument();
        var command = new Command("delete", "Deletes the key of a provider: its calls are refused.") { provider };
        return command.Runs(async (session, ct) =>
        {
            var request = new DeleteWebhookKeyRequest
            {
                Account = session.RequireAccount(),
                Provider = ProviderOf(session, provider),
                RequestId = RequestId.New(),
            };
            var answer = await session.Services.Webhooks.DeleteWebhookKeyAsync(request, cancellationToken: ct);
            session.Report.Write(answer, "The key is deleted.");
        });
    }

    private static Argument<string> ProviderArgument()
    {
        var provider = new Argument<string>("provider") { Description = "Who reports." };
        provider.AcceptOnlyFromAmong("sendgrid", "mailgun", "postmark", "ses", "sparkpost", "generic");
        return provider;
    }

    private static WebhookProvider ProviderOf(Session session, Argument<string> provider) =>
        Enum.Parse<WebhookProvider>(session.Get(provider), ignoreCase: true);
}
