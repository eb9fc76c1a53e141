namespace TagSegments.ServiceDefaults.Network;

/// <summary>
/// Lets calls on a connection that was given up for its silence fail as calls on a broken one do: as unavailable, so that they are repeated. The HTTP
/// client takes a ping without an answer for a violation of the protocol, and gRPC takes that for a defect.
/// </summary>
internal sealed class SilentConnections : DelegatingHandler
{
    // https://www.rfc-editor.org/rfc/rfc9113#section-7
    private const long ProtocolError = 1;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.InnerException is HttpProtocolException { ErrorCode: ProtocolError } silence)
        {
            throw new HttpRequestException(e.HttpRequestError, e.Message, new IOException(silence.Message));
        }
    }
}
