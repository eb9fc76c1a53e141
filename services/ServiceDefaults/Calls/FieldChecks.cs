using Crm.Errors.V1;
using Google.Protobuf.WellKnownTypes;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>Collects the invalid fields of a request and reports all of them at once.</summary>
public sealed class FieldChecks
{
    // 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, as google/protobuf/timestamp.proto has it.
    private const long FirstSecond = -62_135_596_800;
    private const long LastSecond = 253_402_300_799;

    private readonly List<(string Field, string Description)> _violations = [];
    private int _count;

    /// <summary>The first violations.</summary>
    public IReadOnlyList<(string Field, string Description)> Violations => _violations;

    /// <summary>Records a violation of <paramref name="field"/> unless <paramref name="ok"/> is true.</summary>
    public FieldChecks Require(bool ok, string field, string description)
    {
        // A request can be wrong in a million places: what nobody is told is only counted.
        if (!ok && _count++ < RpcErrors.MaxViolations)
        {
            _violations.Add((field, description));
        }

        return this;
    }

    /// <summary>Records a violation if a time is set but outside the range of protobuf, and so cannot be converted.</summary>
    public FieldChecks RequireTime(Timestamp? time, string field) =>
        Require(time is null || IsValid(time), field, "is not in the years 1 to 9999");

    /// <summary>Checks that protobuf allows a time.</summary>
    public static bool IsValid(Timestamp time) => time.Nanos is >= 0 and < 1_000_000_000 && time.Seconds is >= FirstSecond and <= LastSecond;

    /// <summary>Throws INVALID_ARGUMENT with the first violations and the number of the others if there is any.</summary>
    public void ThrowIfAny()
    {
        if (_violations is [var first, ..])
        {
            var more = _count > 1 ? $" (and {_count - 1} more)" : "";
            throw RpcErrors.InvalidFields(ErrorReason.InvalidField, $"{first.Field}: {first.Description}{more}", _violations);
        }
    }
}
