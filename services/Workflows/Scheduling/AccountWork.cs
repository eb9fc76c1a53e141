using System.Diagnostics;
using Grpc.Core;

namespace TagSegments.Workflows.Scheduling;

/// <summary>
/// The work of one kind of all accounts that this process holds: a worker for each account and lane of work, which exists only while there is
/// something to do. So an account that is idle costs nothing. An account that was deleted has none.
/// </summary>
internal sealed class AccountWork<TLane>(PartitionLeases leases, AccountDirectory accounts, TimeProvider time, ILogger<AccountWork<TLane>> logger)
    where TLane : struct, Enum
{
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(10);
    private readonly Dictionary<(int AccountId, TLane Lane), Worker> _workers = [];
    private Func<AccountInfo, TLane, Wakeup, CancellationToken, Task>? _work;

    /// <summary>How many workers there are.</summary>
    public int Workers
    {
        get
        {
            lock (_workers)
            {
                return _workers.Count;
            }
        }
    }

    /// <summary>
    /// Begins to work. <paramref name="work"/> does what there is to do and returns when it finds nothing more; it is called again if the account
    /// was woken meanwhile, and after a pause if it failed.
    /// </summary>
    public void Start(Func<AccountInfo, TLane, Wakeup, CancellationToken, Task> work) => _work = work;

    /// <summary>Wakes the worker of the account, which is made if there is none. An account that another process holds is left to it.</summary>
    public void Wake(int accountId, string account, TLane lane)
    {
        lock (_workers)
        {
            if (_workers.TryGetValue((accountId, lane), out var worker))
            {
                worker.Wakeup.Set();
            }
            else if (_work is { } work && MayWork(accountId))
            {
                worker = new Worker();
                _workers[(accountId, lane)] = worker;
                worker.Task = Task.Run(() => RunAsync((accountId, lane), account, worker, work));
            }
        }
    }

    /// <summary>Ends the workers of all accounts that this process does not hold any more, or that were deleted.</summary>
    public async Task StopLostAsync()
    {
        List<Worker> lost;
        lock (_workers)
        {
            lost = [.. _workers.Where(worker => !MayWork(worker.Key.AccountId)).Select(worker => worker.Value)];
        }

        lost.ForEach(worker => worker.Stop.Cancel());
        await Task.WhenAll(lost.Select(worker => worker.Task));
    }

    private bool MayWork(int accountId) => leases.Holds(accountId) && accounts.Closed.MayWork(accountId);

    private async Task RunAsync(
        (int AccountId, TLane Lane) key, string name, Worker worker, Func<AccountInfo, TLane, Wakeup, CancellationToken, Task> work)
    {
        // The worker goes on after the call that woke it.
        Activity.Current = null;
        var (pause, stop) = (s_shortestPause, worker.Stop.Token);
        do
        {
            _ = worker.Wakeup.Next();
            try
            {
                await work(await accounts.GetAsync(name, stop), key.Lane, worker.Wakeup, stop);
                pause = s_shortestPause;
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                // The account goes to another process, which carries on.
            }
            catch (Exception e)
            {
                // A service or the database is down, or there is something that cannot be handled: it is as it was, so nothing is lost.
                logger.WorkFailed(e is RpcException { StatusCode: StatusCode.Unavailable } ? null : e, key.Lane.ToString(), name, e.Message);
                await Task.Delay(pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
                worker.Wakeup.Set();
            }
        }
        while (!TryEnd(key, worker));
    }

    private bool TryEnd((int AccountId, TLane Lane) key, Worker worker)
    {
        lock (_workers)
        {
            if (worker.Wakeup.IsSet && !worker.Stop.IsCancellationRequested)
            {
                return false;
            }

            _workers.Remove(key);
            return true;
        }
    }

    private sealed class Worker
    {
        public Wakeup Wakeup { get; } = new();

        public CancellationTokenSource Stop { get; } = new();

        public Task Task { get; set; } = Task.CompletedTask;
    }
}
