using Crm.Errors.V1;

namespace TagSegments.ServiceDefaults;

/// <summary>Collects what is wrong with a request and reports all of it at once.</summary>
public sealed class FieldChecks
{
    private readonly List<(string Field, string Description)> _violations = [];

    /// <summary>Records a violation of <paramref name="field"/> unless <paramref name="ok"/>.</summary>
    public FieldChecks Require(bool ok, string field, string description)
    {
        if (!ok)
        {
            _violations.Add((field, description));
        }

        return this;
    }

    /// <summary>Throws INVALID_ARGUMENT with every violation if there is any.</summary>
    public void ThrowIfAny()
    {
        if (_violations is [var first, ..])
        {
            var more = _violations.Count > 1 ? $" (and {_violations.Count - 1} more)" : "";
            throw RpcErrors.InvalidFields(ErrorReason.InvalidField, $"{first.Field}: {first.Description}{more}", _violations);
        }
    }
}
