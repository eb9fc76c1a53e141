using Crm.Errors.V1;
using Grpc.Core;

namespace TagSegments.Workflows.Definitions;

/// <summary>
/// Collects the faults of a definition and reports all of them at once, each with its path and, if the definition came as YAML, with line
/// and column. A text can have a fault in every character: what is more than anybody reads is only counted.
/// </summary>
internal sealed class Faults(string root, Func<string, string>? placeOf = null)
{
    private const int MaxKept = 1_000;
    private readonly List<(string Field, string Description)> _faults = [];
    private int _count;

    /// <summary>The first 1,000 faults with their paths, as text.</summary>
    public IReadOnlyList<string> Texts => [.. _faults.Select(fault => $"{fault.Field}: {fault.Description}")];

    public void Require(bool ok, string path, string description)
    {
        if (!ok)
        {
            Add(path, description);
        }
    }

    public void Add(string path, string description)
    {
        if (_count++ < MaxKept)
        {
            _faults.Add((root + path, placeOf is null ? description : $"{placeOf(path)}: {description}"));
        }
    }

    /// <summary>Throws INVALID_ARGUMENT with every fault if there is any.</summary>
    public void ThrowIfAny()
    {
        if (_faults.Count > 0)
        {
            throw RpcErrors.InvalidFields(ErrorReason.InvalidField, Summary, _faults);
        }
    }

    /// <summary>Throws FAILED_PRECONDITION with reason REFERENCE_MISSING if there is any fault.</summary>
    public void ThrowIfMissing() => ThrowIfAny(ErrorReason.ReferenceMissing, "path");

    /// <summary>Throws FAILED_PRECONDITION with reason ADDRESS_NOT_CONFIRMED if there is any fault.</summary>
    public void ThrowIfNotConfirmed() => ThrowIfAny(ErrorReason.AddressNotConfirmed, "field");

    private void ThrowIfAny(ErrorReason reason, string placeKey)
    {
        if (_faults.Count > 0)
        {
            throw RpcErrors.Create(StatusCode.FailedPrecondition, reason, Summary, (placeKey, _faults[0].Field));
        }
    }

    private string Summary =>
        $"{_faults[0].Field}: {_faults[0].Description}{(_count > 1 ? $" (and {_count - 1} more)" : "")}";
}
