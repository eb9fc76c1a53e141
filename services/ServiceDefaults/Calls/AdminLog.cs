using Crm.Auth.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>
/// The audit trail of administrators: what the calls with the permissions <c>account.admin</c>, <c>platform.admin</c>, <c>contacts.export</c> and
/// <c>contacts.erase</c> did. An event is written before the call is handled, so no effect is without one, and gets its outcome after it.
/// </summary>
/// <param name="write">Writes an event, or the outcome of one that was written before.</param>
/// <param name="time">What time it is.</param>
/// <param name="logger">Where outcomes go that cannot be written.</param>
public sealed class AdminLog(Func<AdminEvent, string?, CancellationToken, Task> write, TimeProvider time, ILogger<AdminLog> logger) : IDisposable
{
    private const int LongestNamed = 1_000;
    private const int RefusalsKept = 10_000;
    private static readonly TimeSpan s_refusalPause = TimeSpan.FromMinutes(1);
    private readonly MemoryCache _refused = new(new MemoryCacheOptions { SizeLimit = RefusalsKept });

    /// <summary>Whether the calls with a permission are logged.</summary>
    public static bool Concerns(Permission permission) =>
        permission is Permission.AccountAdmin or Permission.PlatformAdmin or Permission.ContactsExport or Permission.ContactsErase;

    /// <summary>Makes the event of a call. Calls of the platform are not the account's, and stay when the account is erased.</summary>
    public AdminEvent Begin(Permission permission, string account, string actor, string call, IMessage? request)
    {
        var ofPlatform = permission is Permission.PlatformAdmin;
        var now = time.GetUtcNow();
        return new(Guid.CreateVersion7(now), ofPlatform ? "" : account, now, actor, call.TrimStart('/'), request is null ? "{}" : Named(request, ofPlatform));
    }

    /// <summary>Writes an event whose outcome is not known yet.</summary>
    public Task WriteAsync(AdminEvent entry, CancellationToken ct) => write(entry, null, ct);

    /// <summary>Writes how a call ended. Without it, the event says that the outcome is not known.</summary>
    public async Task EndAsync(AdminEvent entry, StatusCode outcome)
    {
        try
        {
            await write(entry, NameOf(outcome), CancellationToken.None);
        }
        catch (Exception e)
        {
            logger.OutcomeNotLogged(e, entry.Call, outcome.ToString());
        }
    }

    /// <summary>Writes that a caller without the permission was refused: once a minute for the same caller and call.</summary>
    public async Task RefuseAsync(AdminEvent entry)
    {
        if (_refused.TryGetValue((entry.Actor, entry.Call), out _))
        {
            return;
        }

        using (var noted = _refused.CreateEntry((entry.Actor, entry.Call)))
        {
            noted.SetSize(1).SetAbsoluteExpiration(s_refusalPause).SetValue(true);
        }

        await EndAsync(entry, StatusCode.PermissionDenied);
    }

    /// <inheritdoc/>
    public void Dispose() => _refused.Dispose();

    // Numbers, choices and ids. Other texts can be about people, or be secrets.
    private static string Named(IMessage request, bool withAccount)
    {
        var named = request.Descriptor.Parser.ParseFrom(request.ToByteArray());
        foreach (var field in named.Descriptor.Fields.InDeclarationOrder().Where(field => !IsHarmless(field) && !(withAccount && field.Name == "account")))
        {
            field.Accessor.Clear(named);
        }

        var text = JsonFormatter.Default.Format(named);
        return text.Length <= LongestNamed ? text : $"{text[..LongestNamed]}…";
    }

    private static bool IsHarmless(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message or FieldType.Group or FieldType.Bytes => false,
        FieldType.String => field.Name is "role" or "service"
            || (field.Name.EndsWith("_id", StringComparison.Ordinal) && field.Name is not "request_id" and not "external_id"),
        _ => true,
    };

    // PermissionDenied is PERMISSION_DENIED, as in google.rpc.Code.
    private static string NameOf(StatusCode status) => status is StatusCode.OK
        ? "OK"
        : string.Concat(status.ToString().Select((letter, i) => i > 0 && char.IsUpper(letter) ? $"_{letter}" : char.ToUpperInvariant(letter).ToString()));
}
