using System.Globalization;
using Crm.Accounts.V1;
using Grpc.Core;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Standalone.Demo;

/// <summary>The whole demo: creates an account with generated contacts and runs the main job in it.</summary>
internal sealed class DemoRun(Services services, Report report, TimeProvider time)
{
    /// <summary>The account of the first demo.</summary>
    public const string DefaultAccount = "demo";

    /// <summary>Runs the demo in a new account: the first free one of demo, demo-2, ...</summary>
    /// <param name="contacts">How many contacts to generate.</param>
    /// <param name="sink">Gets the recipients of the messages with a subject, if the mail server can be inspected.</param>
    /// <param name="ct">Stops the demo.</param>
    /// <returns>The account's name.</returns>
    public async Task<string> RunAsync(int contacts, Func<string, IReadOnlyList<string>>? sink, CancellationToken ct)
    {
        var steps = new DemoReport(report);
        var name = await CreateAccountAsync(ct);
        steps.Heading($"1. An account with contacts ({name})");
        var generated = new DemoData(contacts, time.GetUtcNow()).Create();
        var ids = await new DemoLoader(services, name, steps).LoadAsync(generated, ct);

        await new MainJob(services, name, steps, time).RunAsync(generated, ids, sink, ct);
        steps.Finish(name);
        return name;
    }

    private async Task<string> CreateAccountAsync(CancellationToken ct)
    {
        for (var i = 1; ; i++)
        {
            var name = i == 1 ? DefaultAccount : string.Create(CultureInfo.InvariantCulture, $"{DefaultAccount}-{i}");
            if (await TryCreateAsync(name, ct))
                return name;
        }
    }

    private async Task<bool> TryCreateAsync(string name, CancellationToken ct)
    {
        try
        {
            await services.Accounts.CreateAccountAsync(new CreateAccountRequest { Account = name, RequestId = RequestId.New() }, cancellationToken: ct);
            return true;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.AlreadyExists)
        {
            return false;
        }
    }
}
