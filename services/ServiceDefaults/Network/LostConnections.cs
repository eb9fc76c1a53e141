namespace TagSegments.ServiceDefaults.Network;

/// <summary>
/// Makes calls on a lost connection unavailable, as on a broken one, so that they are repeated: a connection that was given up for its silence, or that the
/// server has ended. The HTTP client reports both as errors of the protocol, and gRPC takes these for defects.
/// </summary>
public sealed class LostConnections : DelegatingHandler
{
    // https://www.rfc-editor.org/rfc/rfc9113#section-7: the end of a connection without an error, and a ping without an answer.
    private const long NoError = 0, ProtocolError = 1;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.InnerException is HttpProtocolException { ErrorCode: NoError or ProtocolError } lost)
        {
            throw new HttpRequestException(e.HttpRequestError, e.Message, new IOException(lost.Message));
        }
    }
}
