{{- define "bookinfo.name" -}}
{{- printf "%s-%s" .release .role | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "bookinfo.selector" -}}
app.kubernetes.io/name: bookinfo
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "bookinfo.labels" -}}
{{ include "bookinfo.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "bookinfo.metadata" -}}
{{- $hosts := dict -}}
{{- range $role := list "productpage" "details" "reviews" "ratings" -}}
{{- $name := include "bookinfo.name" (dict "release" $.Release.Name "role" $role) -}}
{{- $_ := set $hosts $role (list (dict "node_id" $name "address" $name "server_id" 1)) -}}
{{- end -}}
{{- $env := dict "title" .Values.title "reviews_shown" .Values.reviewsShown "port" .Values.port -}}
{{- dict
  "self" (dict "node_id" "" "role" .role "address" "0.0.0.0" "server_id" 1 "env" dict)
  "hosts" $hosts
  "cluster" (dict "cluster_id" .Release.Name "name" .Release.Name "env" $env)
  "endpoints" (dict "http" (dict "port" .Values.port "protocol" "http"))
| toPrettyJson -}}
{{- end -}}

{{- define "bookinfo.container" -}}
image: {{ printf "%s:%s" .Values.image.repository .Values.image.tag | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
workingDir: /bookinfo
env:
  - name: PITRIX_METADATA
    value: /etc/bookinfo/{{ .role }}.json
  - name: BOOKINFO_DATA
    value: /var/lib/bookinfo
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
volumeMounts:
  - { name: app, mountPath: /bookinfo/app, readOnly: true }
  - { name: metadata, mountPath: /etc/bookinfo, readOnly: true }
  - { name: data, mountPath: /var/lib/bookinfo }
resources:
  {{- toYaml (get .Values .role).resources | nindent 2 }}
{{- end -}}
