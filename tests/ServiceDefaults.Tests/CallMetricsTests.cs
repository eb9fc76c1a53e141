using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Crm.Accounts.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests;

public sealed class CallMetricsTests
{
    [Fact]
    public async Task Every_call_is_measured_with_its_own_status()
    {
        var measured = Channel.CreateUnbounded<(string Method, string Status)>();
        using var listener = Listen(measured.Writer);
        // The calls of other tests are measured as well, and none of them is answered like this.
        await using var host = await TestHost.StartAsync((_, _) => throw new RpcException(new Status(StatusCode.DataLoss, "lost")));

        await Expect.FailureAsync(() => host.Client.GetAccountAsync(new() { Account = "a" }).ResponseAsync);

        using var patience = new CancellationTokenSource(Eventually.Patience);
        var expected = ("crm.accounts.v1.AccountService/GetAccount", nameof(StatusCode.DataLoss));
        while (await measured.Reader.ReadAsync(patience.Token) != expected)
        {
        }
    }

    private static MeterListener Listen(ChannelWriter<(string Method, string Status)> measured)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "rpc.server.call.duration")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => measured.TryWrite(((string)tags[0].Value!, (string)tags[1].Value!)));
        listener.Start();
        return listener;
    }
}
