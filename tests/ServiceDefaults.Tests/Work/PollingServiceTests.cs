using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using TagSegments.ServiceDefaults.Work;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Work;

public sealed class PollingServiceTests
{
    [Fact]
    public async Task It_looks_again_at_once_while_there_is_work()
    {
        using var worker = new Worker(look => look < 3 ? Task.FromResult(true) : Task.FromResult(false));
        await worker.StartAsync(CancellationToken.None);

        Assert.Equal(1, await worker.NextAsync());
        Assert.Equal(2, await worker.NextAsync());
        Assert.Equal(3, await worker.NextAsync());
        await worker.StopAsync(CancellationToken.None);
        Assert.Equal(3, worker.Looks);
    }

    [Fact]
    public async Task Waking_it_ends_the_pause()
    {
        using var worker = new Worker(_ => Task.FromResult(false));
        await worker.StartAsync(CancellationToken.None);
        await worker.NextAsync();
        worker.Wake();

        Assert.Equal(2, await worker.NextAsync());
        await worker.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Waking_it_while_it_works_makes_it_look_once_more()
    {
        var working = new TaskCompletionSource<bool>();
        using var worker = new Worker(look => look == 1 ? working.Task : Task.FromResult(false));
        await worker.StartAsync(CancellationToken.None);
        await worker.NextAsync();
        worker.Wake();
        worker.Wake();
        working.SetResult(false);

        Assert.Equal(2, await worker.NextAsync());
        await worker.StopAsync(CancellationToken.None);
        Assert.Equal(2, worker.Looks);
    }

    [Fact]
    public async Task It_goes_on_after_an_error()
    {
        using var worker = new Worker(look => look == 1 ? throw new InvalidOperationException("first") : Task.FromResult(false));
        await worker.StartAsync(CancellationToken.None);

        Assert.Equal(1, await worker.NextAsync());
        Assert.Equal(2, await worker.NextAsync());
        await worker.StopAsync(CancellationToken.None);
        Assert.Null(worker.ExecuteTask!.Exception);
    }

    [Fact]
    public async Task It_ends_without_an_exception_in_the_middle_of_its_work()
    {
        using var worker = new Worker(_ => Task.FromResult(false), endless: true);
        await worker.StartAsync(CancellationToken.None);
        await worker.NextAsync();
        await worker.StopAsync(CancellationToken.None);

        Assert.True(worker.ExecuteTask!.IsCompletedSuccessfully);
    }

    // Pauses for longer than any test waits.
    private sealed class Worker(Func<int, Task<bool>> work, bool endless = false)
        : PollingService(TimeSpan.FromHours(1), NullLogger.Instance)
    {
        private readonly Channel<int> _looks = Channel.CreateUnbounded<int>();

        public int Looks { get; private set; }

        public async Task<int> NextAsync()
        {
            using var patience = new CancellationTokenSource(Eventually.Patience);
            return await _looks.Reader.ReadAsync(patience.Token);
        }

        protected override async Task<bool> RunOnceAsync(CancellationToken ct)
        {
            Looks++;
            _looks.Writer.TryWrite(Looks);
            await (endless ? Task.Delay(Timeout.Infinite, ct) : Task.CompletedTask);
            return await work(Looks);
        }
    }
}
