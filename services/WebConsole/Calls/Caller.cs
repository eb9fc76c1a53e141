using System.Runtime.CompilerServices;
using Grpc.Core;
using Microsoft.AspNetCore.Components.Authorization;

namespace TagSegments.WebConsole.Calls;

/// <summary>Makes the calls of one session: each with its deadline, in the name of the person who signed in.</summary>
public sealed class Caller(Services services, AuthenticationStateProvider users)
{
    /// <summary>The claim that keeps the person's token, inside the encrypted cookie.</summary>
    public const string TokenClaim = "token";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>The clients to call.</summary>
    public Services Services => services;

    /// <summary>Makes a call and returns its answer.</summary>
    public async Task<T> CallAsync<T>(Func<Services, CallOptions, AsyncUnaryCall<T>> call, CancellationToken ct)
    {
        using var answer = call(services, await OptionsAsync(DateTime.UtcNow + s_patience, ct));
        return await answer;
    }

    /// <summary>Reads a stream to its end. It has no deadline: it ends with the page that reads it.</summary>
    public async IAsyncEnumerable<T> ReadAsync<T>(
        Func<Services, CallOptions, AsyncServerStreamingCall<T>> call, [EnumeratorCancellation] CancellationToken ct)
    {
        using var stream = call(services, await OptionsAsync(null, ct));
        await foreach (var message in stream.ResponseStream.ReadAllAsync(ct))
            yield return message;
    }

    /// <summary>Gets the options for a call that is made elsewhere, such as an upload.</summary>
    public async Task<CallOptions> OptionsAsync(DateTime? deadline, CancellationToken ct)
    {
        var state = await users.GetAuthenticationStateAsync();
        var headers = new Metadata();
        if (state.User.FindFirst(TokenClaim) is { } token)
            headers.Add("authorization", $"Bearer {token.Value}");
        return new(headers, deadline, ct);
    }
}
