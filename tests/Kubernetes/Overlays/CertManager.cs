using k8s;
using k8s.Models;

namespace TagSegments.Kubernetes.Overlays;

/// <summary>What the manifests use of the certificates of cert-manager; another field is an error.</summary>
internal sealed class Certificate : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public CertificateSpec Spec { get; set; } = new();
}

internal sealed class CertificateSpec
{
    public bool IsCA { get; set; }

    public string? CommonName { get; set; }

    public string SecretName { get; set; } = "";

    public IssuerReference IssuerRef { get; set; } = new();

    public IList<string> DnsNames { get; set; } = [];

    public string? Duration { get; set; }

    public PrivateKey PrivateKey { get; set; } = new();
}

internal sealed class IssuerReference
{
    public string Kind { get; set; } = "";

    public string Name { get; set; } = "";
}

internal sealed class PrivateKey
{
    public string Algorithm { get; set; } = "";

    public int Size { get; set; }

    public string? RotationPolicy { get; set; }
}

/// <summary>What the manifests use of the issuers of cert-manager.</summary>
internal sealed class Issuer : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public IssuerSpec Spec { get; set; } = new();
}

internal sealed class IssuerSpec
{
    public SelfSigned? SelfSigned { get; set; }

    public AuthorityInSecret? Ca { get; set; }
}

internal sealed class SelfSigned;

internal sealed class AuthorityInSecret
{
    public string SecretName { get; set; } = "";
}
