using Grpc.Core;
using Microsoft.AspNetCore.Components;
using TagSegments.WebConsole.Calls;

namespace TagSegments.WebConsole.Parts;

/// <summary>
/// A page or a part of one that calls the services: calls end with it, and their errors are in <see cref="Problem"/>, for a <c>ProblemView</c>.
/// </summary>
public abstract class ConsolePage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _life = new();

    /// <summary>The account's name, from the address.</summary>
    [Parameter]
    public string Account { get; set; } = "";

    /// <summary>Makes the calls.</summary>
    [Inject]
    protected Caller Caller { get; set; } = null!;

    /// <summary>The address of the page.</summary>
    [Inject]
    protected NavigationManager Address { get; set; } = null!;

    /// <summary>The state of the page in its address.</summary>
    [Inject]
    protected PageAddress Here { get; set; } = null!;

    /// <summary>What went wrong last; null after a call that went well.</summary>
    protected Problem? Problem { get; set; }

    /// <summary>Ends with the page.</summary>
    protected CancellationToken Life => _life.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        _life.Cancel();
        _life.Dispose();
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes what a page adds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Makes a call in the account.</summary>
    protected Task<T> CallAsync<T>(Func<Services, CallOptions, AsyncUnaryCall<T>> call, CancellationToken ct = default) =>
        Caller.CallAsync(call, ct == default ? Life : ct);

    /// <summary>Does work with calls, and keeps the problem it meets. Returns whether it was done.</summary>
    protected Task<bool> TryAsync(Func<Task> work) => TryAsync(_ => work(), Life);

    /// <summary>Does work that takes the place of what <paramref name="latest"/> did before. Returns whether it was done to its end.</summary>
    protected async Task<bool> TryAsync(Latest latest, Func<CancellationToken, Task> work)
    {
        var next = latest.Next();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(next, Life);
        return await TryAsync(work, both.Token);
    }

    private async Task<bool> TryAsync(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        try
        {
            await work(ct);
            Problem = null;
            return true;
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException && ct.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e) when (Problem.From(e) is { } problem)
        {
            Problem = problem;
            return false;
        }
    }
}
