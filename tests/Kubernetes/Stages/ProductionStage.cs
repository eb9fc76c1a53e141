using System.Security.Cryptography;
using k8s.Models;
using TagSegments.Kubernetes.Cluster;
using TagSegments.Kubernetes.Overlays;
using TagSegments.Testing;

namespace TagSegments.Kubernetes.Stages;

/// <summary>
/// The overlay <c>production</c> with the console's ingress, called by a pod of another namespace over TLS with a token of the identity provider. PostgreSQL, Redis, the mail
/// server and the identity provider are at the addresses that the overlay names. The secrets come from make-secrets.sh, the certificates from an
/// authority in place of cert-manager.
/// </summary>
internal static class ProductionStage
{
    private const string Permissions =
        "contacts.read contacts.write contacts.export tags.write segments.write campaigns.write campaigns.send workflows.write account.admin platform.admin";

    public static Stage Create(Action<List<object>> breakOnPurpose)
    {
        var authority = new Authority();
        var key = RSA.Create(2048);
        Directory.CreateDirectory(PodScript.Trusted);
        File.WriteAllText($"{PodScript.Trusted}/authority.pem", authority.Pem);
        var objects = Manifests.Load("k8s/overlays/open");
        breakOnPurpose(objects);
        objects.AddRange(objects.OfType<Certificate>().Select(certificate => authority.Issue(certificate.Spec.SecretName, certificate.Spec.DnsNames)).ToList());
        // The mail server of this run delivers nothing, so nobody could prove a domain.
        objects.OfType<V1ConfigMap>().Single(map => map.Metadata.Name == "tagsegments").Data["Senders__Trust"] = "always";
        objects.AddRange(Secrets());
        objects.Add(new V1ConfigMap
        {
            Metadata = new() { Name = "tagsegments-authorities" },
            Data = new Dictionary<string, string> { ["postgres.crt"] = authority.Pem, ["redis.crt"] = authority.Pem },
        });
        var outside = Manifests.Read(File.ReadAllText(Path.Combine(Repository.Root, "tests/Kubernetes/Stages/outside.yaml")));
        objects.AddRange(outside);
        objects.AddRange(outside.OfType<V1Deployment>().Select(server => authority.Issue($"{server.Metadata.Name}-outside", [server.Metadata.Annotations["host"]])));
        objects.Add(Authority.Secret("identity-provider-key", new() { ["key.pem"] = key.ExportPkcs8PrivateKeyPem() }));
        var issuer = new IdentityProvider(key);
        return new(objects, Ways.InProduction(), installation => MainJob.StartIn(
            installation.Visitor(Ways.Caller), issuer.Token("*", Permissions), $"{PodScript.Trusted}/authority.pem"), ConsoleVisit.ByProviderAsync);
    }

    // As the operator's page makes them.
    private static List<object> Secrets()
    {
        var folder = Directory.CreateTempSubdirectory("tagsegments_production_").FullName;
        Manifests.Run(
            Path.Combine(Repository.Root, "k8s/make-secrets.sh"), folder, "postgres.example.com", "SSL Mode=VerifyFull;Root Certificate=/authorities/postgres.crt");
        var redis = Values("redis.env");
        redis["connection"] = $"redis.example.com:6380,ssl=true,user=tagsegments,password={redis["password"]}";
        var keys = Values("keys.env");
        keys.Remove("signing-key");
        List<object> made =
        [
            Authority.Secret("tagsegments-console", new() { ["client-id"] = "console", ["client-secret"] = "secret" }),
            Authority.Secret("tagsegments-postgres", Values("postgres.env")), Authority.Secret("tagsegments-redis", redis), Authority.Secret("tagsegments-keys", keys),
            new V1ConfigMap { Metadata = new() { Name = "tagsegments-public-keys" }, Data = Values("public-keys.env") },
        ];
        Directory.Delete(folder, recursive: true);
        return made;

        Dictionary<string, string> Values(string file) => File.ReadLines(Path.Combine(folder, file)).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
    }
}
