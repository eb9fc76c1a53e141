using System.Net;

namespace TagSegments.ServiceDefaults.Egress;

/// <summary>
/// Calls servers that a tenant or the operator names, within the rules of <see cref="EgressPolicy"/> and the limits of
/// <see cref="EgressOptions"/>. A call takes bounded time and memory: of the answer only the status is read.
/// </summary>
public sealed class EgressClient : IDisposable
{
    private readonly DestinationLimits _limits;
    private readonly HttpClient _http;

    /// <summary>Makes a client. One serves the whole process.</summary>
    public EgressClient(EgressOptions options, DestinationLimits limits)
    {
        _limits = limits;
        _http = new HttpClient(new EgressHandler(new EgressPolicy(options), options)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>
    /// Sends a request and returns the status of the answer. Throws <see cref="AddressRefusedException"/> if the rules forbid it,
    /// <see cref="DestinationBusyException"/> if there is no room for it now, <see cref="TimeoutException"/> after <paramref name="patience"/>.
    /// </summary>
    /// <param name="caller">The account, or the operator.</param>
    /// <param name="url">The address that is called.</param>
    /// <param name="makeRequest">Makes the request when the call has been admitted, just before it is made.</param>
    /// <param name="patience">How long the answer may take.</param>
    /// <param name="ct">Ends the call.</param>
    public Task<HttpStatusCode> SendAsync(
        EgressCaller caller, Uri url, Func<CancellationToken, Task<HttpRequestMessage>> makeRequest, TimeSpan patience, CancellationToken ct) =>
        _limits.RunAsync(
            caller,
            EgressPolicy.HostOf(url),
            async token =>
            {
                using var request = await makeRequest(token);
                return await SendAsync(request, patience, token);
            },
            ct);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<HttpStatusCode> SendAsync(HttpRequestMessage request, TimeSpan patience, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(patience);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return response.StatusCode;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"{request.RequestUri!.Host} did not answer within {patience.TotalSeconds} s.");
        }
    }
}
