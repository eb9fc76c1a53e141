using Crm.Errors.V1;
using Grpc.Core;
using Npgsql;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Auth.Keys;

/// <summary>Checks the API key of a call when it begins, and again while it lasts: a stream does not outlive its key.</summary>
internal sealed class ApiKeyCheck(ApiKeyDirectory directory, ApiKeyText text, TimeProvider time)
{
    /// <summary>Gets the key. Throws UNAUTHENTICATED if it was revoked or has expired, UNAVAILABLE if it cannot be checked now.</summary>
    public async Task<KnownApiKey> RequireAsync(CancellationToken ct) => await FindAsync(ct) switch
    {
        null => throw Refusal("The API key does not exist or was revoked."),
        { ExpiresAt: { } end } when end <= time.GetUtcNow().UtcDateTime => throw Refusal("The API key has expired. Make a new one."),
        var key => key,
    };

    /// <summary>Makes the error of a call without a good key.</summary>
    public static RpcException Refusal(string message) => RpcErrors.Create(StatusCode.Unauthenticated, ErrorReason.Unauthenticated, message);

    private async Task<KnownApiKey?> FindAsync(CancellationToken ct)
    {
        try
        {
            return await directory.FindAsync(text, ct);
        }
        catch (Exception e) when (e is RpcException { StatusCode: not StatusCode.ResourceExhausted } or NpgsqlException or TimeoutException or OperationCanceledException)
        {
            throw RpcErrors.Create(StatusCode.Unavailable, ErrorReason.Unavailable, "The API key cannot be checked now. Retry.");
        }
    }
}
