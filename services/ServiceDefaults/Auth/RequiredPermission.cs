using Crm.Auth.V1;
using Google.Protobuf.Reflection;

namespace TagSegments.ServiceDefaults.Auth;

/// <summary>The permission that a call needs, as the protos state it; part of the call's endpoint.</summary>
internal sealed record RequiredPermission(Permission Permission)
{
    /// <summary>Reads the permission of a call.</summary>
    public static RequiredPermission Of(MethodDescriptor call) =>
        new(call.GetOptions()?.GetExtension(PermissionExtensions.Permission) ?? Permission.Unspecified);
}
