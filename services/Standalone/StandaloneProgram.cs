using System.Runtime.InteropServices;
using Crm.Accounts.V1;
using TagSegments.Cli;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;
using TagSegments.Embedded;
using TagSegments.Standalone.Demo;

namespace TagSegments.Standalone;

/// <summary>Starts everything, shows the demo, serves until it gets a signal to stop, and stops everything.</summary>
internal static class StandaloneProgram
{
    public static async Task<int> RunAsync(StandaloneOptions options, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await RunUntilStoppedAsync(options, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Console.WriteLine("Stopped.");
            return options.ExitAfterDemo ? ExitCode.Interrupted : ExitCode.Done;
        }
        catch (Exception e) when (Report(e, stop.Token) is { } report)
        {
            report.WriteTo(Console.Error, json: false);
            return report.ExitCode;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task<int> RunUntilStoppedAsync(StandaloneOptions options, CancellationToken ct)
    {
        Console.WriteLine($"TagSegments, data in {options.Data}");
        var data = DataFolder.Open(options.Data);
        await using var servers = await Servers.StartAsync(options, data, step => Console.WriteLine($"  {step}"), ct);
        data.KeepToken(servers.Authentication?.Token);
        using var services = Connect(options, servers);
        if (await IsDemoWantedAsync(options, services, ct))
            await RunDemoAsync(options, servers, services, ct);
        if (options.ExitAfterDemo)
            return ExitCode.Done;

        Banner.Write(Console.Out, options, data, servers, await HasDemoAsync(services, ct));
        if (await Task.WhenAny(servers.DatabaseEnded, Task.Delay(Timeout.Infinite, ct)) == servers.DatabaseEnded)
            throw new StartException("PostgreSQL has ended unexpectedly.", $"Its last output is in the log. Start again; the data in {options.Data} is kept.");
        Console.WriteLine("Stopping ...");
        throw new OperationCanceledException(ct);
    }

    private static async Task<bool> IsDemoWantedAsync(StandaloneOptions options, Services services, CancellationToken ct)
    {
        if (options.Demo is { } wanted)
            return wanted;

        var accounts = await services.Accounts.ListAccountsAsync(new ListAccountsRequest { PageSize = 1 }, cancellationToken: ct);
        return accounts.Accounts.Count == 0;
    }

    private static async Task<bool> HasDemoAsync(Services services, CancellationToken ct)
    {
        var accounts = await services.Accounts.ListAccountsAsync(new ListAccountsRequest { PageSize = 1_000 }, cancellationToken: ct);
        return accounts.Accounts.Any(account => account.Name == DemoRun.DefaultAccount);
    }

    private static async Task RunDemoAsync(StandaloneOptions options, Servers servers, Services services, CancellationToken ct)
    {
        var report = new Report(Console.Out, Console.Error, isJson: false);
        await new DemoRun(services, report, TimeProvider.System).RunAsync(options.DemoContacts, AddressesBySubject, ct);

        IReadOnlyList<string> AddressesBySubject(string subject) =>
            servers.Sink.Messages.Where(mail => mail.Header("Subject") == subject).SelectMany(mail => mail.Recipients).ToList();
    }

    private static Services Connect(StandaloneOptions options, Servers servers) => new(
        new ServerAddresses(Address(options.Ports.Tags), Address(options.Ports.Segments), Address(options.Ports.Campaigns), Address(options.Ports.Workflows)),
        servers.Authentication?.Token);

    private static Uri Address(int port) => new($"http://127.0.0.1:{port}");

    private static ErrorReport? Report(Exception exception, CancellationToken ct) => exception switch
    {
        StartException start => new(start.Message, start.Hint, ExitCode.Refused),
        EmbeddedServerException embedded => new(embedded.Message, "Correct this and start again.", ExitCode.Refused),
        _ => ErrorReport.From(exception, ct),
    };
}
